package org.qmpbs.client.restore;

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

  DamagedArchiveException(
      String archive,
      int chunk,
      long offset,
      int length,
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
}
