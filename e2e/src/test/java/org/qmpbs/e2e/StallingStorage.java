package org.qmpbs.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system that takes no writes while a test says so: they wait, without an error and without
 * an end, as on a file server that has gone away. A freeze does that on every Linux.
 */
final class StallingStorage implements AutoCloseable {
  private static final long SIZE = 256 << 20;

  private final Path folder;
  private boolean stalled;

  private StallingStorage(Path folder) {
    this.folder = folder;
  }

  /** Makes one, mounted on {@code folder}; the test is skipped where only root may do that. */
  static StallingStorage mount(Path folder) {
    Path store = folder.resolveSibling(folder.getFileName() + ".img");
    try {
      Files.createDirectory(folder);
      try (RandomAccessFile file = new RandomAccessFile(store.toFile(), "rw")) {
        file.setLength(SIZE);
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    Processes.run(List.of("mkfs.ext4", "-q", "-m", "0", store.toString()));
    Processes.Result mounted =
        Processes.tryRun(List.of("mount", "-o", "loop", store.toString(), folder.toString()));
    assumeTrue(mounted.status() == 0, "only root can mount a file system");
    // Debris looks for files, and this is none of ours.
    Processes.run(List.of("rmdir", folder.resolve("lost+found").toString()));
    return new StallingStorage(folder);
  }

  Path folder() {
    return folder;
  }

  void stall() {
    Processes.run(List.of("fsfreeze", "--freeze", folder.toString()));
    stalled = true;
  }

  void goOn() {
    Processes.run(List.of("fsfreeze", "--unfreeze", folder.toString()));
    stalled = false;
  }

  @Override
  public void close() {
    if (stalled) {
      goOn();
    }
    Processes.tryRun(List.of("umount", "-l", folder.toString()));
  }
}
