package org.qmpbs.e2e.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A lock on the folder of a group or snapshot. It is held by the open folder itself, so nothing has
 * to be cleaned up after a crash, and two servers on one datastore respect each other.
 */
final class FolderLock implements AutoCloseable {
  private final int descriptor;
  private final AtomicBoolean released = new AtomicBoolean();

  private FolderLock(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Empty if somebody else holds a lock that excludes this one. */
  static Optional<FolderLock> tryLock(Path folder, boolean shared) throws IOException {
    int descriptor = Libc.open(folder);
    boolean locked = false;
    try {
      locked = Libc.tryLock(descriptor, shared);
      return locked ? Optional.of(new FolderLock(descriptor)) : Optional.empty();
    } finally {
      if (!locked) {
        Libc.close(descriptor);
      }
    }
  }

  @Override
  public void close() {
    if (released.compareAndSet(false, true)) {
      Libc.close(descriptor);
    }
  }
}
