package org.qmpbs.pbs;

import java.util.Arrays;

/**
 * A password, token secret or ticket. Its text comes out of {@link #reveal()} only, never out of
 * {@code toString}, so that no log, exception or debugger dump shows it by accident.
 */
public final class Secret implements AutoCloseable {
  private final char[] chars;
  private volatile boolean closed;

  /** Copies {@code text}. */
  public Secret(String text) {
    this.chars = text.toCharArray();
  }

  /** Copies {@code text}, which stays the caller's to overwrite. */
  public Secret(char[] text) {
    this.chars = text.clone();
  }

  /**
   * The text; callers must not keep or print it.
   *
   * @throws IllegalStateException after {@link #close}
   */
  String reveal() {
    String text = new String(chars);
    // Asked after copying: half a secret must not pass for the whole.
    if (closed) {
      throw new IllegalStateException("the secret has been wiped, for its server was closed");
    }
    return text;
  }

  /** Whether {@link #close} was called. */
  boolean isClosed() {
    return closed;
  }

  /** {@code text} with a mark in every place where it has this secret, in any of its forms. */
  public String redact(String text) {
    return new Mask(this).apply(text);
  }

  /** Overwrites the characters; idempotent. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(chars, '\0');
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
