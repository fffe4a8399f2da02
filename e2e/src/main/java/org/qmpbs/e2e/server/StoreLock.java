package org.qmpbs.e2e.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The lock of a whole datastore, its file {@code .lock}. Everybody who serves it shares the lock;
 * who collects garbage has it alone, so that no other process writes chunks under the collection.
 * It belongs to the process: writers of this one are known by their times.
 */
final class StoreLock implements AutoCloseable {
  private final FileChannel channel;
  private FileLock lock;

  private StoreLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /** Shares it, or is empty if somebody has it alone, or this process has it twice. */
  static Optional<StoreLock> tryShare(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Optional<FileLock> lock = Optional.empty();
    try {
      lock = Optional.ofNullable(channel.tryLock(0, Long.MAX_VALUE, true));
    } catch (OverlappingFileLockException e) {
      // A lock belongs to the whole process: another server of this one has the folder.
      lock = Optional.empty();
    } finally {
      if (lock.isEmpty()) {
        channel.close();
      }
    }
    return lock.map(shared -> new StoreLock(channel, shared));
  }

  /** Work that needs the datastore alone. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws Refused, IOException;
  }

  /** Does it while no other process uses the datastore, or refuses if one does. */
  synchronized <T> T alone(Work<T> work) throws Refused, IOException {
    lock.release();
    Optional<FileLock> exclusive = Optional.empty();
    try {
      exclusive = Optional.ofNullable(channel.tryLock());
      if (exclusive.isEmpty()) {
        throw Refused.badRequest("Start GC failed - (already running/locked)");
      }
      return work.run();
    } finally {
      if (exclusive.isPresent()) {
        exclusive.get().release();
      }
      // Waits if another process was faster; nothing may be served without it.
      lock = channel.lock(0, Long.MAX_VALUE, true);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
