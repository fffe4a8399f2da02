package org.qmpbs.chunker;

import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Names and encodes the chunks of a backup, and encrypts them if it has a key. Safe for use by
 * several threads.
 */
public final class ChunkSealer {
  /** For backups that are not encrypted, signed ones included. */
  public static final ChunkSealer PLAIN = new ChunkSealer(null, null, ChunkNames.PLAIN);

  private final @Nullable EncryptionKey key;
  private final @Nullable SecureRandom random;
  private final ChunkNames names;

  private ChunkSealer(
      @Nullable EncryptionKey key, @Nullable SecureRandom random, ChunkNames names) {
    this.key = key;
    this.random = random;
    this.names = names;
  }

  /**
   * For encrypted backups.
   *
   * @param random makes the IVs
   */
  public static ChunkSealer of(EncryptionKey key, SecureRandom random) {
    return new ChunkSealer(key, random, ChunkNames.of(key));
  }

  /** What the chunks are called. */
  public ChunkNames names() {
    return names;
  }

  /** The largest buffer that sealing {@code plainLength} bytes needs. */
  public int maxLength(int plainLength) {
    return key == null ? Blob.maxEncodedLength(plainLength) : Blob.maxEncryptedLength(plainLength);
  }

  /**
   * Makes the blob of a range of {@code plain} in a buffer of the caller's.
   *
   * @param target at least {@link #maxLength} bytes
   * @return how many bytes of {@code target} are the blob
   */
  public int seal(byte[] plain, int offset, int length, byte[] target) {
    return key == null || random == null
        ? Blob.encode(plain, offset, length, target)
        : Blob.encode(plain, offset, length, target, key, random);
  }

  /** The blob of all of {@code plain}. */
  public byte[] seal(byte[] plain) {
    byte[] target = new byte[maxLength(plain.length)];
    return Arrays.copyOf(target, seal(plain, 0, plain.length, target));
  }

  /** The blob of {@code length} zeros, at most {@link Chunks#SIZE}. */
  public byte[] sealZeros(int length) {
    byte[] target = new byte[maxLength(length)];
    return Arrays.copyOf(target, seal(Zeros.chunk(), 0, length, target));
  }
}
