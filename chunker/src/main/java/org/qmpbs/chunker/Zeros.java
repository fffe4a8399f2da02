package org.qmpbs.chunker;

import java.util.Arrays;

/** The chunk that most disks have most of: all zeros. */
public final class Zeros {
  private static final byte[] CHUNK = new byte[Chunks.SIZE];
  private static final Digest FULL_CHUNK = Digest.sha256(CHUNK);

  private Zeros() {}

  /** Whether {@code length} bytes at {@code offset} are all zero; at most {@link Chunks#SIZE}. */
  public static boolean isZero(byte[] data, int offset, int length) {
    return Arrays.equals(data, offset, offset + length, CHUNK, 0, length);
  }

  /** The plain digest of {@code length} zeros, at most {@link Chunks#SIZE}. */
  public static Digest digest(int length) {
    return length == Chunks.SIZE ? FULL_CHUNK : Digest.sha256(CHUNK, 0, length);
  }

  /** Not a copy. */
  static byte[] chunk() {
    return CHUNK;
  }

  static Digest digest(ChunkDigester digester, int length) {
    return digester.digest(CHUNK, 0, length);
  }
}
