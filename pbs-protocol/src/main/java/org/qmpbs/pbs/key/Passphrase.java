package org.qmpbs.pbs.key;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A passphrase as ciphers take it: UTF-8. Its bytes come out for the length of one derivation only,
 * and never out of {@code toString}.
 */
public final class Passphrase implements AutoCloseable {
  /** The official client takes no shorter one. */
  public static final int MIN_BYTES = 5;

  private final byte[] utf8;

  private Passphrase(byte[] utf8) {
    this.utf8 = utf8;
  }

  /** Copies {@code chars}; the caller overwrites its own. */
  public static Passphrase of(char[] chars) {
    // At most three bytes for each char: four are for a pair of them.
    byte[] buffer = new byte[3 * chars.length];
    ByteBuffer encoded = ByteBuffer.wrap(buffer);
    StandardCharsets.UTF_8
        .newEncoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .encode(CharBuffer.wrap(chars), encoded, true);
    byte[] utf8 = Arrays.copyOf(buffer, encoded.position());
    Arrays.fill(buffer, (byte) 0);
    return new Passphrase(utf8);
  }

  /**
   * Refuses what the official client would refuse.
   *
   * @throws PassphraseTooShortException if it has less than {@link #MIN_BYTES}
   */
  void requireLength() throws PassphraseTooShortException {
    if (utf8.length < MIN_BYTES) {
      throw new PassphraseTooShortException();
    }
  }

  /** Not a copy. */
  byte[] bytes() {
    return utf8;
  }

  /** Whether both are the same text; takes the same time wherever they differ. */
  public boolean sameAs(Passphrase other) {
    return MessageDigest.isEqual(utf8, other.utf8);
  }

  /** Overwrites the bytes; idempotent. */
  @Override
  public void close() {
    Arrays.fill(utf8, (byte) 0);
  }

  @Override
  public String toString() {
    return "(passphrase)";
  }
}
