package org.qmpbs.pbs;

import java.io.IOException;
import java.util.List;
import org.qmpbs.chunker.Digest;

/**
 * One open {@code .fidx} archive of a {@link BackupSession}. Thread-safe: uploads and appends may
 * be in flight at once, but a digest may be appended only after its upload has returned.
 */
public interface FixedIndexWriter {
  /**
   * Positions in one append. 512 × (64 hex digits and an offset of up to 19 digits, with quotes and
   * commas) stays below the 64 KiB body limit of older servers (docs/protocol.md, "Opening a
   * session").
   */
  int MAX_APPEND = 512;

  /**
   * Uploads a chunk.
   *
   * @param digest of the plain bytes, keyed in a session that encrypts
   * @param plainSize bytes before encoding, at most 4 MiB
   * @param encoded the blob, encrypted in a session that encrypts; the array is not kept after the
   *     call
   * @param encodedLength how many bytes of {@code encoded} count
   */
  void uploadChunk(Digest digest, int plainSize, byte[] encoded, int encodedLength)
      throws IOException;

  /** Assigns up to {@link #MAX_APPEND} chunks to their positions. */
  void append(List<IndexEntry> entries) throws IOException;

  /**
   * Closes the archive; the server compares its own checksum with {@code checksum}.
   *
   * @param checksum index checksum of the whole resulting index
   * @return the manifest entry
   */
  ManifestFile close(Digest checksum) throws IOException;
}
