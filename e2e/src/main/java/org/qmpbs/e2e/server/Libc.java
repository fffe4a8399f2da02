package org.qmpbs.e2e.server;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Path;

/** The few calls of the C library that Java has no counterpart for. */
final class Libc {
  /** {@code EWOULDBLOCK} of Linux. */
  private static final int WOULD_BLOCK = 11;

  private static final int READ_ONLY_CLOSE_ON_EXEC = 0x80000;
  private static final int LOCK_SHARED = 1;
  private static final int LOCK_EXCLUSIVE = 2;
  private static final int LOCK_NON_BLOCKING = 4;

  private static final Functions C = Native.load("c", Functions.class);

  interface Functions extends Library {
    int open(String path, int flags) throws LastErrorException;

    int close(int descriptor) throws LastErrorException;

    int flock(int descriptor, int operation) throws LastErrorException;

    int syncfs(int descriptor) throws LastErrorException;
  }

  private Libc() {}

  /** A descriptor of a file or folder, for reading; the caller closes it. */
  static int open(Path path) throws IOException {
    try {
      return C.open(path.toString(), READ_ONLY_CLOSE_ON_EXEC);
    } catch (LastErrorException e) {
      throw new IOException("cannot open " + path + ": " + e.getMessage(), e);
    }
  }

  static void close(int descriptor) {
    C.close(descriptor);
  }

  /**
   * A lock of the open file description: it excludes other descriptors of this process just as
   * those of other processes, and goes with the descriptor.
   *
   * @return false if somebody else's lock is in the way
   */
  static boolean tryLock(int descriptor, boolean shared) throws IOException {
    try {
      C.flock(descriptor, (shared ? LOCK_SHARED : LOCK_EXCLUSIVE) | LOCK_NON_BLOCKING);
      return true;
    } catch (LastErrorException e) {
      if (e.getErrorCode() == WOULD_BLOCK) {
        return false;
      }
      throw new IOException("flock: " + e.getMessage(), e);
    }
  }

  /** Makes everything written to the file system that holds {@code path} last. */
  static void syncFileSystem(Path path) throws IOException {
    int descriptor = open(path);
    try {
      C.syncfs(descriptor);
    } catch (LastErrorException e) {
      throw new IOException("syncfs: " + e.getMessage(), e);
    } finally {
      close(descriptor);
    }
  }
}
