package org.qmpbs.client.restore;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.qmpbs.qcow2.ImageLock;

/**
 * A block device that is ours alone. On Linux {@code O_EXCL} without {@code O_CREAT} claims a block
 * device (open(2)): it fails while the device, or a partition of it, is mounted, swapped to, or
 * part of a RAID or a volume, and none of these can begin while we hold it. Java cannot pass the
 * flag, hence the one call into libc. Reading and writing goes through the channel of an {@link
 * ImageLock}, because QEMU does not claim devices but locks them.
 */
final class ExclusiveDevice implements AutoCloseable {
  /** From fcntl.h; the same on every Linux that Java runs on. */
  private static final int O_RDWR = 2;

  private static final int O_EXCL = 0x80;
  private static final int O_CLOEXEC = 0x80000;
  private static final int EBUSY = 16;

  private final LibC libc;
  private final int descriptor;
  private final ImageLock lock;
  private boolean closed;

  /** The calls that Java lacks. */
  private interface LibC extends Library {
    int open(String path, int flags) throws LastErrorException;

    int close(int descriptor) throws LastErrorException;
  }

  private ExclusiveDevice(LibC libc, int descriptor, ImageLock lock) {
    this.libc = libc;
    this.descriptor = descriptor;
    this.lock = lock;
  }

  /** Claims {@code path}. */
  static ExclusiveDevice claim(Path path) throws IOException {
    LibC libc = Native.load("c", LibC.class);
    int descriptor;
    try {
      descriptor = libc.open(path.toString(), O_RDWR | O_EXCL | O_CLOEXEC);
    } catch (LastErrorException e) {
      throw refused(path, e);
    }
    try {
      // Through the descriptor, so that it is the very device that was claimed.
      Path claimed = Path.of("/proc/self/fd/" + descriptor);
      return new ExclusiveDevice(libc, descriptor, Locks.acquire(claimed, path));
    } catch (IOException e) {
      libc.close(descriptor);
      throw e;
    }
  }

  private static TargetException refused(Path path, LastErrorException e) {
    if (e.getErrorCode() == EBUSY) {
      return new TargetException(
          TargetException.Reason.IN_USE,
          path + " is in use by this host (mounted, swap, RAID, or part of a volume)",
          "Release the device, or restore to another one.",
          e);
    }
    return new TargetException(
        TargetException.Reason.UNUSABLE,
        path + " cannot be opened for writing: " + e.getMessage(),
        "Run as a user who may write to the device.",
        e);
  }

  /** Reads and writes the device. */
  FileChannel channel() {
    return lock.channel();
  }

  /** Bytes. */
  long size() throws IOException {
    return lock.channel().size();
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      lock.close();
    } finally {
      libc.close(descriptor);
    }
  }
}
