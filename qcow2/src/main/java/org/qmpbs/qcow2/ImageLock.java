package org.qmpbs.qcow2;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to overwrite an image: no QEMU has it open, and none can open it meanwhile. Or, for a
 * reader, the right to rely on it: nobody writes to it meanwhile.
 *
 * <p>QEMU announces what it does with an image by shared locks on single bytes of it (block/
 * file-posix.c, raw_apply_lock_bytes): byte 100 + n while it uses permission n, byte 200 + n while
 * it does not let others have it. Every user takes at least one, readers too. One exclusive lock
 * over all of them is therefore granted exactly when there is no user, in one step; and while it is
 * held, each QEMU that wants to use the image fails with "Failed to lock byte". Only {@code
 * qemu-img info --force-share} and its like, which lock nothing, still get in.
 *
 * <p>Not seen is a QEMU that does not lock: one told so ({@code locking=off}), one that waits for
 * an incoming migration (it locks, or fails, when it is activated), or one on another host where
 * the file system does not carry locks across.
 *
 * <p><b>One channel.</b> Java's locks are the POSIX ones of the whole process: when <em>any</em>
 * descriptor of the file is closed in this process, the system drops them without a word. So while
 * a lock is held, the image MUST be read and written through {@link #channel} only, and nothing
 * else may open it here, not even to look at its header. For the same reason everything in this
 * package works on channels, and no method opens an existing image by name but this one.
 */
public final class ImageLock implements AutoCloseable {
  /** RAW_LOCK_PERM_BASE of QEMU. */
  private static final long FIRST_BYTE = 100;

  /** From there to the last bit of a 64-bit mask at RAW_LOCK_SHARED_BASE, 200. */
  private static final long LENGTH = 200 + Long.SIZE - FIRST_BYTE;

  /**
   * Images that this process has locked, by device and inode. A second attempt has to be refused
   * before the image is opened: closing it again would drop the first one's lock.
   */
  private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

  /**
   * What QEMU takes to read an image: "consistent read", and neither "write" nor "resize" shared.
   */
  private static final long[] READER_BYTES = {100, 201, 203};

  /** Held by whoever writes, resizes, or lets nobody read. */
  private static final long[] WRITER_BYTES = {101, 103, 200};

  private final FileChannel channel;
  private final Object key;
  private final AtomicBoolean closed = new AtomicBoolean();

  private ImageLock(FileChannel channel, Object key) {
    this.channel = channel;
    this.key = key;
  }

  /**
   * Opens an existing image or block device for reading and writing, and locks it.
   *
   * @throws ImageInUseException if somebody else, in this process or outside, uses it
   * @throws IOException if it cannot be opened, or its file system has no locks
   */
  public static ImageLock acquireForWriting(Path image) throws IOException {
    return acquire(image, ImageInUseException.forWriting(image), ImageLock::openLocked);
  }

  /**
   * Opens an existing image or block device for reading, with the locks that a reading QEMU takes:
   * others may read it meanwhile, and a QEMU that wants to write to it fails. The channel must not
   * be written to.
   *
   * <p>Whether somebody writes to it can only be found out by taking, for a moment, an exclusive
   * lock on each byte that a writer holds. For that the system wants a channel that may write. A
   * QEMU that looks at the image in just that moment may fail as if it was in use.
   *
   * @throws ImageInUseException if somebody writes to it, or uses it in this process
   * @throws AccessDeniedException if it may only be read, so it cannot be told whether somebody
   *     writes to it
   */
  public static ImageLock acquireForReading(Path image) throws IOException {
    return acquire(image, ImageInUseException.forReading(image), ImageLock::openShared);
  }

  /**
   * Opens an existing image or block device for reading without any lock: it may change while it is
   * read.
   *
   * @throws ImageInUseException if it is used in this process
   */
  public static ImageLock withoutLock(Path image) throws IOException {
    return acquire(
        image,
        ImageInUseException.forReading(image),
        path -> Optional.of(FileChannel.open(path, StandardOpenOption.READ)));
  }

  /** Opens an image and locks it; empty if somebody uses it. */
  @FunctionalInterface
  private interface Opener {
    Optional<FileChannel> open(Path image) throws IOException;
  }

  private static ImageLock acquire(Path image, ImageInUseException inUse, Opener opener)
      throws IOException {
    Object key =
        Objects.requireNonNull(
            Files.readAttributes(image, BasicFileAttributes.class).fileKey(),
            "a POSIX file system numbers its files");
    if (!HELD.add(key)) {
      throw inUse;
    }
    try {
      return new ImageLock(opener.open(image).orElseThrow(() -> inUse), key);
    } catch (IOException | RuntimeException e) {
      HELD.remove(key);
      throw e;
    }
  }

  private static Optional<FileChannel> openLocked(Path image) throws IOException {
    return openIf(image, channel -> channel.tryLock(FIRST_BYTE, LENGTH, false) != null);
  }

  private static Optional<FileChannel> openShared(Path image) throws IOException {
    try {
      return openIf(image, ImageLock::lockAsReader);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (FileSystemException e) {
      throw Files.isReadable(image) && !Files.isDirectory(image) ? withHint(image, e) : e;
    }
  }

  private static boolean lockAsReader(FileChannel channel) throws IOException {
    // First the own locks, then the look at those of others, as QEMU does: of two who come at the
    // same time, at least one then sees the other.
    for (long at : READER_BYTES) {
      if (channel.tryLock(at, 1, true) == null) {
        return false;
      }
    }
    for (long at : WRITER_BYTES) {
      FileLock momentary = channel.tryLock(at, 1, false);
      if (momentary == null) {
        return false;
      }
      momentary.release();
    }
    return true;
  }

  /** Without the reason where the system gives none but the kind of exception. */
  static AccessDeniedException withHint(Path image, FileSystemException cause) {
    String reason = cause.getReason() == null ? "" : " (" + cause.getReason() + ")";
    AccessDeniedException hint =
        new AccessDeniedException(
            image.toString(),
            null,
            "it cannot be opened for writing"
                + reason
                + ", and without that it cannot be told whether somebody else writes to it; run"
                + " as a user who may write, or read it as it is with --force-share");
    hint.initCause(cause);
    return hint;
  }

  /** Locks a channel; false if somebody is in the way. */
  @FunctionalInterface
  private interface Locker {
    boolean lock(FileChannel channel) throws IOException;
  }

  private static Optional<FileChannel> openIf(Path image, Locker locker) throws IOException {
    FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      // The channel keeps its locks until it is closed.
      if (locker.lock(channel)) {
        return Optional.of(channel);
      }
      channel.close();
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The only channel through which the image may be used in this process. */
  public FileChannel channel() {
    return channel;
  }

  /** Closes the channel, which gives the image free. */
  @Override
  public void close() throws IOException {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      channel.close();
    } finally {
      HELD.remove(key);
    }
  }
}
