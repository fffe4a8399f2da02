package org.qmpbs.machine;

import java.io.IOException;

/**
 * This machine cannot be backed up without risk, or not at all, as it is now. Thrown before
 * anything is touched.
 */
public final class UnsafeMachineException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  /** Says what is in the way and what to do about it. */
  public UnsafeMachineException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  /** What the user can do. */
  public String remedy() {
    return remedy;
  }
}
