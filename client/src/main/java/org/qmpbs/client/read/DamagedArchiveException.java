package org.qmpbs.client.read;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A chunk is not what the index says, or is not there. The data is damaged on the server or was on
 * the way; other snapshots may share the chunk.
 */
public final class DamagedArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String archive;
  private final int chunk;
  private final long offset;
  private final int length;
  private final Kind kind;
  private final String problem;

  /** What is wrong with the chunk. */
  public enum Kind {
    /** The server has no such file. */
    MISSING,
    /** The server has it and cannot read it: its disk or file system is in trouble. */
    UNREADABLE,
    /** Bytes were changed or lost: magic, CRC or compressed frame are wrong. */
    CORRUPT,
    /** Whole in itself, but not the chunk that it is called. */
    WRONG_CONTENT,
    /** The key does not open it. */
    NOT_DECRYPTED
  }

  DamagedArchiveException(
      String archive,
      int chunk,
      long offset,
      int length,
      Kind kind,
      String problem,
      @Nullable Throwable cause) {
    super(
        "archive "
            + archive
            + " is damaged: chunk "
            + chunk
            + " (bytes "
            + offset
            + " to "
            + (offset + length - 1)
            + " of the image): "
            + problem,
        cause);
    this.archive = archive;
    this.chunk = chunk;
    this.offset = offset;
    this.length = length;
    this.kind = kind;
    this.problem = problem;
  }

  /** Name in the manifest. */
  public String archive() {
    return archive;
  }

  /** Position in the index, from 0. */
  public int chunk() {
    return chunk;
  }

  /** First byte of the image that is affected. */
  public long offset() {
    return offset;
  }

  /** How many bytes of the image are affected. */
  public int length() {
    return length;
  }

  /** What is wrong with the chunk. */
  public Kind kind() {
    return kind;
  }

  /** The same in words, without the place. */
  public String problem() {
    return problem;
  }
}
