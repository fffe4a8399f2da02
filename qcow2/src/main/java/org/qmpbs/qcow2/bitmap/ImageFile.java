package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of an image, and the only way by which this package changes them. Being so narrow, it
 * can be recorded, replayed write by write, and made to fail.
 *
 * <p>What was written before a {@link #flush} has reached the disk before anything that is written
 * after it; between two flushes no order is promised, and a write may reach the disk in part, in
 * units of 512 bytes.
 */
interface ImageFile {
  /**
   * Reads {@code length} bytes. What lies behind the end reads as zeros, as it does for QEMU, so a
   * pointer behind the end is told apart by {@link #length} only.
   */
  byte[] read(long offset, int length) throws IOException;

  /** Writes all that remains in {@code source}. */
  void write(long offset, ByteBuffer source) throws IOException;

  /** Waits until all that was written is on the disk. */
  void flush() throws IOException;

  /** Bytes of the file or device. */
  long length() throws IOException;

  /** Whether it is a device, which cannot grow. */
  boolean isFixed();

  /**
   * Makes the file shorter; nothing that is used may be behind the new end. Must not be called for
   * a device.
   */
  void truncate(long length) throws IOException;
}
