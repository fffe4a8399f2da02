package org.qmpbs.chunker;

/**
 * How a chunk gets its name. Plain and sign-only backups use SHA-256 of the bytes; encrypted ones
 * append the id key, and only an implementation of this interface will know.
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
