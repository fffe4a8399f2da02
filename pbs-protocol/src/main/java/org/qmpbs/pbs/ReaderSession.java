package org.qmpbs.pbs;

import java.io.IOException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

/**
 * A snapshot that is being read; the server keeps it from being removed meanwhile. One connection,
 * thread-safe, each call blocks until the answer is whole.
 */
public interface ReaderSession extends AutoCloseable {
  /** The snapshot that is read. */
  Snapshot snapshot();

  /**
   * Its manifest, proven as the session's {@link ReadKey} demands.
   *
   * @throws WrongKeyException if it is another key's
   * @throws UnsignedManifestException if nobody signed it, and somebody has to have
   * @throws ForgedManifestException if it was changed since it was signed
   */
  Manifest manifest() throws IOException;

  /**
   * The plain content of a blob, compared with {@code manifest}.
   *
   * @throws WrongKeyException if it is encrypted, and the session has no key
   */
  byte[] blob(Manifest manifest, String name) throws IOException;

  /** An index, its recomputed checksum compared with {@code manifest}. */
  FixedIndex index(Manifest manifest, String name) throws IOException;

  /**
   * The encoded bytes of a chunk of an index that was read in this session. Not verified: decoding
   * is the expensive part and belongs to the caller's workers, who have {@link ReadKey#opener}.
   */
  byte[] chunk(Digest digest) throws IOException;

  /** Idempotent. */
  @Override
  void close();
}
