package org.qmpbs.qcow2;

import java.io.IOException;

/** A qcow2 image that breaks a rule of its format. Reading it again gives the same answer. */
public final class CorruptImageException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long offset;

  /**
   * Names the broken rule.
   *
   * @param offset the byte of the image at which it is broken
   * @param reason expected and found
   */
  public CorruptImageException(long offset, String reason) {
    super("corrupt qcow2 image at byte " + offset + ": " + reason);
    this.offset = offset;
  }

  private CorruptImageException(String message, CorruptImageException cause) {
    super(message, cause);
    this.offset = cause.offset;
  }

  /** The same, said of this image. */
  public CorruptImageException named(Object image) {
    return new CorruptImageException(image + ": " + getMessage(), this);
  }

  /** The byte of the image at which the rule is broken. */
  public long offset() {
    return offset;
  }
}
