package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

/**
 * Removes chunks that no index names. It marks those that are named by setting their access times,
 * and removes what has not been touched for a day: file systems may note accesses only once a day,
 * and a backup that runs has uploaded chunks that no index names yet. With a backup that runs for
 * longer than a day, nothing that is younger than it goes.
 */
final class GarbageCollection {
  /** File systems that are mounted with {@code relatime} note accesses once a day. */
  private static final long DAY = Duration.ofHours(24).toSeconds();

  private static final long GAP = Duration.ofMinutes(5).toSeconds();
  private static final Pattern CHUNK = Pattern.compile("[0-9a-f]{64}(?:\\.[0-9]\\.bad)?");

  /** A corrupt chunk has at most as many copies that were put aside. */
  private static final int MAX_BAD = 10;

  private final Datastore store;
  private final Task task;
  private final Map<Figure, Long> numbers = new EnumMap<>(Figure.class);

  /** What is counted; the names are those of the call. */
  enum Figure {
    INDEX_FILE_COUNT("index-file-count"),
    INDEX_DATA_BYTES("index-data-bytes"),
    DISK_BYTES("disk-bytes"),
    DISK_CHUNKS("disk-chunks"),
    REMOVED_BYTES("removed-bytes"),
    REMOVED_CHUNKS("removed-chunks"),
    PENDING_BYTES("pending-bytes"),
    PENDING_CHUNKS("pending-chunks"),
    REMOVED_BAD("removed-bad"),
    STILL_BAD("still-bad");

    private final String serverName;

    Figure(String serverName) {
      this.serverName = serverName;
    }
  }

  GarbageCollection(Datastore store, Task task) {
    this.store = store;
    this.task = task;
  }

  /** The status of a datastore that was never collected, or of this collection. */
  static ObjectNode status(Map<Figure, Long> numbers) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    for (Figure number : Figure.values()) {
      status.put(number.serverName, numbers.getOrDefault(number, 0L));
    }
    return status;
  }

  private void count(Figure number, long more) {
    numbers.merge(number, more, Long::sum);
  }

  /**
   * Marks and sweeps.
   *
   * @param now in seconds since 1970
   */
  ObjectNode run(long now) throws IOException, Refused {
    long oldestWriter = store.garbage().oldestWriter().orElse(now);
    task.log("Start GC phase1 (mark used chunks)");
    mark();
    task.log("Start GC phase2 (sweep unused chunks)");
    sweep(Math.min(now - DAY, oldestWriter) - GAP, oldestWriter);
    ObjectNode status = status(numbers);
    task.log("Removed garbage: " + status.path("removed-bytes") + " B");
    task.log("Removed chunks: " + status.path("removed-chunks"));
    task.log("Original data usage: " + status.path("index-data-bytes") + " B");
    task.log("On-Disk chunks: " + status.path("disk-chunks"));
    return status.put("upid", task.upid().toString());
  }

  private void mark() throws IOException, Refused {
    List<Path> indexes = indexes();
    for (Path file : indexes) {
      task.check();
      // An unknown kind of index may name any chunk.
      if (!file.toString().endsWith(".fidx")) {
        throw Refused.badRequest(
            "can't read index '" + file + "' - this server has no dynamic indexes");
      }
      if (Files.exists(file)) {
        mark(file, IndexFiles.read(file));
      }
    }
  }

  /** Everywhere below the datastore's folder, whether or not it is in a place for snapshots. */
  private List<Path> indexes() throws IOException {
    List<Path> indexes = new ArrayList<>();
    Files.walkFileTree(
        store.base(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean hidden = String.valueOf(folder.getFileName()).startsWith(".");
            return hidden && !folder.equals(store.base())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".fidx") || name.endsWith(".didx")) {
              indexes.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException problem)
              throws IOException {
            // A snapshot that was removed meanwhile names nothing any more.
            if (problem instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw problem;
          }
        });
    return indexes;
  }

  private void mark(Path file, FixedIndex index) throws IOException {
    count(Figure.INDEX_FILE_COUNT, 1);
    count(Figure.INDEX_DATA_BYTES, index.size());
    for (int i = 0; i < index.chunkCount(); i++) {
      Digest digest = index.digest(i);
      if (!store.chunks().touchIfThere(store.chunks().path(digest))) {
        task.warn(
            "warning: unable to access non-existent chunk "
                + digest
                + ", required by \""
                + file
                + "\"");
        // Kept until the chunk is there again, or nobody needs it any more.
        for (int bad = 0; bad < MAX_BAD; bad++) {
          store.chunks().touchIfThere(store.chunks().badPath(digest, bad));
        }
      }
    }
  }

  private void sweep(long minimum, long oldestWriter) throws IOException, Refused {
    for (Path folder : sorted(store.chunks().folder())) {
      task.check();
      if (Files.isDirectory(folder)) {
        for (Path file : sorted(folder)) {
          if (CHUNK.matcher(String.valueOf(file.getFileName())).matches()) {
            store.chunks().exclusively(() -> sweep(file, minimum, oldestWriter));
          }
        }
      }
    }
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }

  private void sweep(Path file, long minimum, long oldestWriter) throws IOException {
    if (!Files.isRegularFile(file)) {
      return;
    }
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    long accessed = Math.floorDiv(attributes.lastAccessTime().toMillis(), 1000);
    boolean bad = file.toString().endsWith(".bad");
    if (accessed < minimum) {
      Files.delete(file);
      count(bad ? Figure.REMOVED_BAD : Figure.REMOVED_CHUNKS, 1);
      count(Figure.REMOVED_BYTES, attributes.size());
    } else if (accessed < oldestWriter) {
      count(bad ? Figure.STILL_BAD : Figure.PENDING_CHUNKS, 1);
      count(Figure.PENDING_BYTES, attributes.size());
    } else {
      count(Figure.DISK_CHUNKS, bad ? 0 : 1);
      count(Figure.DISK_BYTES, attributes.size());
    }
  }
}
