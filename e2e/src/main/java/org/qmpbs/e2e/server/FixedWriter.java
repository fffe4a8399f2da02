package org.qmpbs.e2e.server;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.FixedIndexBuilder;

/**
 * An index file in the making. It is written when it is closed; before that there is nothing on
 * disk. Not thread-safe: the session guards it.
 */
final class FixedWriter {
  /** 64 TiB of image are 512 MiB of digests here; the real server maps a file instead. */
  static final long MAX_SIZE = 64L << 40;

  /** What positions hold that nobody assigned; the real server's file has zeros there. */
  private static final Digest UNASSIGNED = Digest.read(new byte[Digest.BYTES], 0);

  private final int id;
  private final String name;
  private final long size;
  private final boolean incremental;
  private final FixedIndexBuilder index;
  private final UploadStatistics statistics = new UploadStatistics();
  private long appended;
  private int shortChunks;
  private boolean closed;

  /**
   * Starts with the digests of {@code base}, or with none.
   *
   * @param base the previous snapshot's index if the client reuses it
   */
  FixedWriter(int id, String name, long size, @Nullable FixedIndex base) throws Refused {
    this.id = id;
    this.name = name;
    this.size = size;
    this.incremental = base != null;
    this.index = new FixedIndexBuilder(size);
    if (base != null && base.chunkCount() != index.chunkCount()) {
      throw Refused.badRequest("clone_data_from failed - index sizes not equal");
    }
    for (int i = 0; i < index.chunkCount(); i++) {
      index.set(i, base == null ? UNASSIGNED : base.digest(i));
    }
  }

  UploadStatistics statistics() {
    return statistics;
  }

  /** A chunk has been uploaded under this writer's id. */
  void register(long chunkSize, ChunkStore.Inserted inserted) throws Refused {
    requireOpen("register chunk");
    if (chunkSize > Chunks.SIZE) {
      throw Refused.badRequest(
          "fixed writer '" + name + "' - got large chunk (" + chunkSize + " > " + Chunks.SIZE);
    }
    if (chunkSize < Chunks.SIZE) {
      shortChunks++;
      if (shortChunks > 1) {
        throw Refused.badRequest(
            "fixed writer '" + id + "' - detected multiple end chunks (chunk size too small)");
      }
    }
    statistics.addChunk(chunkSize, inserted);
  }

  void append(long offset, long chunkSize, Digest digest) throws Refused {
    requireOpen("append chunk");
    long end = offset + chunkSize;
    if (end > size || end < offset) {
      throw Refused.badRequest(
          "chunk data exceeds size (" + Long.toUnsignedString(end) + " >= " + size + ")");
    }
    if ((end != size && chunkSize != Chunks.SIZE) || chunkSize > Chunks.SIZE || chunkSize == 0) {
      throw Refused.badRequest("chunk with unexpected length (" + chunkSize + " != " + Chunks.SIZE);
    }
    if (offset % Chunks.SIZE != 0) {
      throw Refused.badRequest("got unaligned chunk (pos = " + offset + ")");
    }
    index.set(Math.toIntExact(offset / Chunks.SIZE), digest);
    appended++;
  }

  /** Checks counts and size; after that nothing can be appended, even if the checksum is wrong. */
  FixedIndex close(long chunkCount, long announcedSize, Digest checksum, UUID uuid, long ctime)
      throws Refused {
    requireOpen("close");
    if (appended != chunkCount) {
      throw unclosable("received wrong number of chunk (" + appended + " != " + chunkCount + ")");
    }
    if (!incremental && chunkCount != index.chunkCount()) {
      throw unclosable("unexpected chunk count (" + index.chunkCount() + " != " + chunkCount + ")");
    }
    if (!incremental && announcedSize != size) {
      throw unclosable("unexpected file size (" + size + " != " + announcedSize + ")");
    }
    closed = true;
    FixedIndex built = index.build(uuid, ctime);
    if (!built.checksum().equals(checksum)) {
      throw unclosable("got unexpected checksum");
    }
    return built;
  }

  String name() {
    return name;
  }

  private Refused unclosable(String reason) {
    return Refused.badRequest("fixed writer '" + name + "' close failed - " + reason);
  }

  private void requireOpen(String action) throws Refused {
    if (closed) {
      throw Refused.badRequest(
          "fixed writer '" + name + "' " + action + " failed - already closed");
    }
  }
}
