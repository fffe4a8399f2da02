package org.qmpbs.chunker;

import java.io.IOException;

/**
 * Bytes that break a rule of their format, or do not have the checksum or digest they must have.
 * Reading them again gives the same answer, so this is never worth a retry.
 */
public final class CorruptDataException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final long offset;

  /**
   * Names the broken rule.
   *
   * @param what the kind of thing that was parsed, for instance "fixed index"
   * @param offset the byte at which the rule was broken, from the start of that thing
   * @param reason expected and found
   */
  public CorruptDataException(String what, long offset, String reason) {
    super("corrupt " + what + " at byte " + offset + ": " + reason);
    this.what = what;
    this.offset = offset;
  }

  /** The kind of thing that was parsed. */
  public String what() {
    return what;
  }

  /** The byte at which the rule was broken. */
  public long offset() {
    return offset;
  }

  static void verify(boolean rule, String what, long offset, String reason)
      throws CorruptDataException {
    if (!rule) {
      throw new CorruptDataException(what, offset, reason);
    }
  }
}
