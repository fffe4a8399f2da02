package org.qmpbs.machine;

import java.io.IOException;
import org.qmpbs.qmp.QmpCommandException;

/**
 * Bitmaps of a live node were not changed, neither all nor some of them: several actions go to QEMU
 * as one transaction, and one that cannot be done undoes the others.
 */
public final class BitmapChangeException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is in the way. */
  public enum Reason {
    /** QEMU has no block node of this name. */
    NO_SUCH_NODE,
    /** No action, a name of 0 or more than 1023 bytes, a granularity that QEMU does not have. */
    INVALID,
    /** QEMU cannot do these actions in this order in one transaction. */
    NOT_TOGETHER,
    /** The node has no bitmap of this name. */
    NOT_FOUND,
    /** The node has a bitmap of this name. */
    ALREADY_EXISTS,
    /** An export or a job holds the bitmap. */
    BUSY,
    /** QEMU did not end cleanly while it had the bitmap; it can only be removed. */
    INCONSISTENT,
    /** The image's format has no place for bitmaps. */
    NOT_STORABLE,
    /** The node is read-only, so nothing could be stored. */
    READ_ONLY,
    /** The image cannot grow. */
    NO_ROOM,
    /** QEMU refused for a reason that only its own words tell. */
    REFUSED
  }

  private final Reason reason;
  private final String remedy;

  BitmapChangeException(Reason reason, String message, String remedy) {
    super(message);
    this.reason = reason;
    this.remedy = remedy;
  }

  /** The same, with what QEMU said. */
  BitmapChangeException inWordsOf(QmpCommandException refusal) {
    BitmapChangeException both =
        new BitmapChangeException(
            reason, getMessage() + " (QEMU: " + refusal.description() + ")", remedy);
    both.initCause(refusal);
    return both;
  }

  /** What is in the way, for programs; the message says it to people. */
  public Reason reason() {
    return reason;
  }

  /** What holds now that it was refused; one sentence or two. */
  public String consequence() {
    return "No bitmap was changed. The machine runs on as before.";
  }

  /** What the user can do. */
  public String remedy() {
    return remedy;
  }
}
