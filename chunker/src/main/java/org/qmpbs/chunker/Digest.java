package org.qmpbs.chunker;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** A SHA-256 value: the name of a chunk, the checksum of an index or of a blob. Immutable. */
public final class Digest implements Comparable<Digest> {
  /** Length in bytes. */
  public static final int BYTES = 32;

  private static final HexFormat HEX = HexFormat.of();

  private final byte[] bytes;

  private Digest(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Copies the 32 bytes at {@code offset} of {@code source}.
   *
   * @throws IndexOutOfBoundsException if {@code source} has fewer there
   */
  public static Digest read(byte[] source, int offset) {
    // copyOfRange alone would make up zeros beyond the end.
    Objects.checkFromIndexSize(offset, BYTES, source.length);
    return new Digest(Arrays.copyOfRange(source, offset, offset + BYTES));
  }

  /**
   * Parses 64 hexadecimal digits.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static Digest parse(String hex) {
    if (hex.length() != 2 * BYTES) {
      throw new IllegalArgumentException(
          "a digest has 64 hexadecimal digits, this has " + hex.length() + " characters");
    }
    return new Digest(HEX.parseHex(hex));
  }

  /** SHA-256 of a range of {@code data}. */
  public static Digest sha256(byte[] data, int offset, int length) {
    MessageDigest sha256 = newSha256();
    sha256.update(data, offset, length);
    return new Digest(sha256.digest());
  }

  /** SHA-256 of {@code data}. */
  public static Digest sha256(byte[] data) {
    return sha256(data, 0, data.length);
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** A fresh copy of the 32 bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** Writes the 32 bytes to {@code target} at {@code offset}. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, BYTES);
  }

  /** 64 lower-case hexadecimal digits. */
  public String hex() {
    return HEX.formatHex(bytes);
  }

  @Override
  public int compareTo(Digest other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    // The value is already uniformly distributed.
    return (bytes[0] & 0xff) | (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff) << 16 | bytes[3] << 24;
  }

  @Override
  public String toString() {
    return hex();
  }
}
