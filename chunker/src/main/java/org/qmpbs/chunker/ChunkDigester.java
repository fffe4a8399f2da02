package org.qmpbs.chunker;

/**
 * How a chunk gets its name. Plain and sign-only backups use SHA-256 of the bytes; encrypted ones
 * append a secret ({@link EncryptionKey#digester}), so that their names say nothing of the bytes.
 *
 * <p>Implementations MUST be safe for use by several threads at once.
 */
@FunctionalInterface
public interface ChunkDigester {
  /** The digest of a range of {@code plain}. */
  Digest digest(byte[] plain, int offset, int length);

  /** SHA-256 of the plain bytes. */
  static ChunkDigester plain() {
    return Digest::sha256;
  }
}
