package org.qmpbs.client.read;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.AuthenticationFailedException;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.read.DamagedArchiveException.Kind;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.ServerProblem;

/**
 * Turns what the server sent for a position of an index into bytes that are proven to be right:
 * CRC, decryption, length, digest. Safe for several threads.
 */
public final class ChunkVerifier {
  private static final int BAD_REQUEST = 400;

  private final String archive;
  private final FixedIndex index;
  private final ChunkOpener opener;

  /**
   * For the chunks of {@code index}, which the manifest calls {@code archive}.
   *
   * @param opener of the archive's chunks
   */
  public ChunkVerifier(String archive, FixedIndex index, ChunkOpener opener) {
    this.archive = archive;
    this.index = index;
    this.opener = opener;
  }

  /**
   * The plain bytes of chunk {@code chunk}.
   *
   * @throws DamagedArchiveException if they are not what the index says
   */
  public byte[] verify(int chunk, byte[] blob) throws IOException {
    int length = Chunks.length(index.size(), chunk);
    byte[] plain;
    try {
      plain = opener.open(blob, length);
    } catch (CorruptDataException e) {
      throw damaged(chunk, Kind.CORRUPT, String.valueOf(e.getMessage()), e);
    } catch (AuthenticationFailedException e) {
      // The manifest is proven to be this key's, so the key is not to blame.
      throw damaged(chunk, Kind.NOT_DECRYPTED, String.valueOf(e.getMessage()), e);
    }
    if (plain.length != length) {
      throw damaged(
          chunk, Kind.WRONG_CONTENT, "expected " + length + " bytes, found " + plain.length, null);
    }
    Digest found = opener.names().of(plain, 0, plain.length);
    Digest expected = index.digest(chunk);
    if (!found.equals(expected)) {
      throw damaged(
          chunk, Kind.WRONG_CONTENT, "expected digest " + expected + ", found " + found, null);
    }
    return plain;
  }

  Digest digest(int chunk) {
    return index.digest(chunk);
  }

  /** What a refusal of the server to give chunk {@code chunk} means. */
  public IOException refused(int chunk, PbsException e) {
    // Its index registered the chunk for this session, so the server can only fail to read it. A
    // real one says 400 "reading file … failed".
    String problem = "the server cannot read it: " + e.serverText();
    if (e.problem() == ServerProblem.NOT_FOUND) {
      return damaged(chunk, Kind.MISSING, problem, e);
    }
    return e.status() == BAD_REQUEST ? damaged(chunk, Kind.UNREADABLE, problem, e) : e;
  }

  private DamagedArchiveException damaged(
      int chunk, Kind kind, String problem, @Nullable Throwable cause) {
    return new DamagedArchiveException(
        archive,
        chunk,
        Chunks.start(chunk),
        Chunks.length(index.size(), chunk),
        kind,
        problem,
        cause);
  }
}
