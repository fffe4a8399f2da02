package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The storage under the scratch files. Every call may hang for as long as the storage does. */
@FunctionalInterface
interface ScratchStorage {
  /** The host's file systems. */
  ScratchStorage HOST = HostTrial::new;

  /** A nameless file in {@code directory} to try the storage with. */
  Trial open(Path directory) throws IOException;

  /** Such a file. */
  interface Trial extends AutoCloseable {
    /** Writes one block to the same place again, and waits until the storage has it. */
    void write() throws IOException;

    /** Kind of the file system, as in {@code /proc/mounts}. */
    String type() throws IOException;

    /** Bytes that are left on it for this user. */
    long room() throws IOException;

    @Override
    void close() throws IOException;
  }

  /**
   * The file is removed as soon as it is open, so that nothing stays behind however the process
   * ends. It is written in place: on file systems that do so themselves, a sync then costs this
   * block only and not everything that others have written.
   */
  final class HostTrial implements Trial {
    /** What a copy-before-write filter writes at once: its cluster, 64 KiB by default. */
    static final int BLOCK = 64 << 10;

    private final FileStore store;
    private final FileChannel file;
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);

    private HostTrial(Path directory) throws IOException {
      store = Files.getFileStore(directory);
      Path path = Files.createTempFile(directory, ".qmpbs-", ".trial");
      try {
        file = FileChannel.open(path, StandardOpenOption.WRITE);
      } finally {
        Files.delete(path);
      }
    }

    @Override
    public void write() throws IOException {
      block.clear();
      long at = 0;
      while (block.hasRemaining()) {
        at += file.write(block, at);
      }
      file.force(false);
    }

    @Override
    public String type() {
      return store.type();
    }

    @Override
    public long room() throws IOException {
      return store.getUsableSpace();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
