package org.qmpbs.pbs;

import java.util.Arrays;

/**
 * A password or token secret. Its text comes out of {@link #reveal()} only, never out of {@code
 * toString}, so that no log, exception or debugger dump shows it by accident.
 */
public final class Secret implements AutoCloseable {
  private final char[] chars;

  /** Copies {@code text}. */
  public Secret(String text) {
    this.chars = text.toCharArray();
  }

  /** The text; callers must not keep or print it. */
  String reveal() {
    return new String(chars);
  }

  /** Overwrites the characters; idempotent. */
  @Override
  public void close() {
    Arrays.fill(chars, '\0');
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
