package org.qmpbs.e2e.server;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

/**
 * What a backup session knows: its writers, the chunks it may use, how far it is. Calls of one
 * session run in parallel; every method takes the one lock for a moment, and none does I/O.
 */
final class BackupState {
  private enum Phase {
    ACTIVE,
    FINISHING,
    FINISHED
  }

  private final Map<Long, FixedWriter> writers = new HashMap<>();

  /** Digest to plain size: a client may only use what it uploaded or what the base has. */
  private final Map<Digest, Integer> known = new HashMap<>();

  private final UploadStatistics statistics = new UploadStatistics();
  private Phase phase = Phase.ACTIVE;
  private int lastId;
  private int files;

  synchronized int addWriter(String name, long size, @Nullable FixedIndex base) throws Refused {
    requireActive();
    FixedWriter writer = new FixedWriter(lastId + 1, name, size, base);
    lastId++;
    writers.put((long) lastId, writer);
    return lastId;
  }

  synchronized void registerIndex(FixedIndex index) throws Refused {
    requireActive();
    for (int i = 0; i < index.chunkCount(); i++) {
      known.put(index.digest(i), Chunks.length(index.size(), i));
    }
  }

  synchronized void registerChunk(
      long writerId, Digest digest, long size, ChunkStore.Inserted inserted) throws Refused {
    requireActive();
    writer(writerId).register(size, inserted);
    known.put(digest, Math.toIntExact(size));
  }

  synchronized void append(long writerId, Digest digest, long offset) throws Refused {
    Integer size = known.get(digest);
    if (size == null) {
      throw Refused.badRequest("no such chunk " + digest);
    }
    requireActive();
    writer(writerId).append(offset, size, digest);
  }

  synchronized FixedIndex closeWriter(
      long writerId, long chunkCount, long size, Digest checksum, UUID uuid, long ctime)
      throws Refused {
    requireActive();
    return writer(writerId).close(chunkCount, size, checksum, uuid, ctime);
  }

  synchronized String writerName(long writerId) throws Refused {
    return writer(writerId).name();
  }

  /** The index file is in its place. */
  synchronized void writerDone(long writerId) throws Refused {
    statistics.add(writer(writerId).statistics());
    files++;
    writers.remove(writerId);
  }

  synchronized void blobDone(long encodedSize) {
    statistics.addBlob(encodedSize);
    files++;
  }

  private FixedWriter writer(long id) throws Refused {
    FixedWriter writer = writers.get(id);
    if (writer == null) {
      throw Refused.badRequest("fixed writer '" + id + "' not registered");
    }
    return writer;
  }

  synchronized void requireActive() throws Refused {
    if (phase == Phase.FINISHING) {
      throw Refused.badRequest("backup is already in the process of finishing.");
    }
    if (phase == Phase.FINISHED) {
      throw Refused.badRequest("backup already marked as finished.");
    }
  }

  /** Every check of {@code finish} that needs no disk. */
  synchronized void requireComplete() throws Refused {
    requireActive();
    if (!writers.isEmpty()) {
      throw Refused.badRequest("found open index writer - unable to finish backup");
    }
    if (files == 0) {
      throw Refused.badRequest("backup does not contain valid files (file count == 0)");
    }
  }

  /** From here on there is no way back: a failed finish cannot be mended. */
  synchronized Map<String, Long> startFinishing() throws Refused {
    requireComplete();
    phase = Phase.FINISHING;
    return statistics.numbers();
  }

  synchronized void finished() {
    phase = Phase.FINISHED;
  }

  synchronized boolean isFinished() {
    return phase == Phase.FINISHED;
  }
}
