package org.qmpbs.chunker;

import org.jspecify.annotations.Nullable;

/**
 * The digests of an archive's chunks: plain, or keyed in encrypted archives. Zeros, of which most
 * disks have most, are hashed once. Safe for use by several threads.
 */
public final class ChunkNames {
  /** Of plain and of signed archives. */
  public static final ChunkNames PLAIN = new ChunkNames(ChunkDigester.plain());

  private final ChunkDigester digester;
  private volatile @Nullable Digest fullZeros;

  private ChunkNames(ChunkDigester digester) {
    this.digester = digester;
  }

  /** Of archives that {@code key} encrypts. */
  public static ChunkNames of(EncryptionKey key) {
    return new ChunkNames(key.digester());
  }

  /** The digest of a range of {@code plain}, at most {@link Chunks#SIZE} long. */
  public Digest of(byte[] plain, int offset, int length) {
    return Zeros.isZero(plain, offset, length)
        ? ofZeros(length)
        : digester.digest(plain, offset, length);
  }

  /** The digest of {@code length} zeros, at most {@link Chunks#SIZE}. */
  public Digest ofZeros(int length) {
    if (length != Chunks.SIZE) {
      return Zeros.digest(digester, length);
    }
    Digest known = fullZeros;
    if (known == null) {
      known = Zeros.digest(digester, length);
      fullZeros = known;
    }
    return known;
  }
}
