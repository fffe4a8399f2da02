package org.qmpbs.client.restore;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The place a restore was to write to cannot be used. Nothing is there under the final name. */
public final class TargetException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String remedy;

  /** What is wrong with the target. */
  public enum Reason {
    /** It is there, and nobody said that it may go. */
    EXISTS,
    /** A running machine, a mount or another device uses it. */
    IN_USE,
    /** A block device smaller than the image. */
    TOO_SMALL,
    /** Not a thing that an image can be written to. */
    UNUSABLE,
    /** The file system or device refused while it was written. */
    WRITE_FAILED
  }

  TargetException(Reason reason, String message, String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.remedy = remedy;
  }

  TargetException(Reason reason, String message, String remedy) {
    this(reason, message, remedy, null);
  }

  /** What is wrong with the target. */
  public Reason reason() {
    return reason;
  }

  /** What the user can do. */
  public String remedy() {
    return remedy;
  }
}
