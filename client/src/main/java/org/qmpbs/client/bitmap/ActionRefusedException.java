package org.qmpbs.client.bitmap;

import java.io.IOException;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException;

/** One of several actions was refused; those before it are done and stay. */
public final class ActionRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final BitmapRefusedException refusal;
  private final int applied;

  /**
   * Says which it was.
   *
   * @param word the option of the refused action
   * @param applied how many were done before it
   */
  public ActionRefusedException(String word, int applied, BitmapRefusedException refusal) {
    super(word + ": " + refusal.getMessage(), refusal);
    this.refusal = refusal;
    this.applied = applied;
  }

  /** Why, and what to do. */
  public BitmapRefusedException refusal() {
    return refusal;
  }

  /** What is in the image now, as a sentence. */
  public String consequence() {
    if (applied == 0) {
      return "No action was applied.";
    }
    return applied == 1
        ? "The action before it was applied and stays, as with qemu-img bitmap."
        : "The " + applied + " actions before it were applied and stay, as with qemu-img bitmap.";
  }
}
