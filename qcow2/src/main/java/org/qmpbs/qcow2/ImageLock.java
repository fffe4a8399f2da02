package org.qmpbs.qcow2;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to overwrite an image: no QEMU has it open, and none can open it meanwhile.
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
    Object key =
        Objects.requireNonNull(
            Files.readAttributes(image, BasicFileAttributes.class).fileKey(),
            "a POSIX file system numbers its files");
    if (!HELD.add(key)) {
      throw new ImageInUseException(image);
    }
    try {
      return new ImageLock(openLocked(image), key);
    } catch (IOException | RuntimeException e) {
      HELD.remove(key);
      throw e;
    }
  }

  private static FileChannel openLocked(Path image) throws IOException {
    FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      // The channel keeps the lock until it is closed.
      if (channel.tryLock(FIRST_BYTE, LENGTH, false) == null) {
        throw new ImageInUseException(image);
      }
      return channel;
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
