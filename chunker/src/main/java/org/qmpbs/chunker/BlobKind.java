package org.qmpbs.chunker;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** What a blob's first eight bytes say of the rest (docs/protocol.md, "Blob"). */
public enum BlobKind {
  /** The bytes themselves. */
  PLAIN(12, 66, 171, 56, 7, 190, 131, 112, 161),
  /** One zstd frame. */
  ZSTD(12, 49, 185, 88, 66, 111, 182, 163, 127),
  /** AES-256-GCM: 16 bytes IV and 16 bytes tag follow the CRC, which does not cover them. */
  ENCRYPTED(44, 123, 103, 133, 190, 34, 45, 76, 240),
  /** The same over a zstd frame. */
  ENCRYPTED_ZSTD(44, 230, 89, 27, 191, 11, 191, 216, 11);

  static final int MAGIC_SIZE = 8;

  private final int headerSize;
  private final long magic;

  BlobKind(int headerSize, int... magic) {
    this.headerSize = headerSize;
    long value = 0;
    for (int octet : magic) {
      value = value << 8 | octet;
    }
    this.magic = value;
  }

  /** Bytes before the data. */
  int headerSize() {
    return headerSize;
  }

  /** Whether a key is needed to read it. */
  public boolean isEncrypted() {
    return this == ENCRYPTED || this == ENCRYPTED_ZSTD;
  }

  void writeMagic(byte[] blob) {
    ByteBuffer.wrap(blob).putLong(0, magic);
  }

  /** The kind whose magic {@code blob} starts with, or empty. */
  static Optional<BlobKind> of(byte[] blob) {
    if (blob.length < MAGIC_SIZE) {
      return Optional.empty();
    }
    long found = ByteBuffer.wrap(blob).getLong(0);
    return Arrays.stream(values()).filter(kind -> kind.magic == found).findFirst();
  }
}
