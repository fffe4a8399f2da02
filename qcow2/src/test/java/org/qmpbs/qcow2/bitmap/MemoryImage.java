package org.qmpbs.qcow2.bitmap;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An image in memory that remembers what was done to it. */
final class MemoryImage implements ImageFile {
  /** Writes between two flushes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Write(long offset, byte[] bytes, int epoch) {}

  private final List<Write> writes = new ArrayList<>();
  private byte[] bytes;
  private int epoch;

  MemoryImage(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  @Override
  public byte[] read(long offset, int length) {
    byte[] result = new byte[length];
    if (offset < bytes.length) {
      int count = (int) Math.min(length, bytes.length - offset);
      System.arraycopy(bytes, (int) offset, result, 0, count);
    }
    return result;
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    byte[] data = new byte[source.remaining()];
    source.get(data);
    writes.add(new Write(offset, data, epoch));
    bytes = applied(bytes, offset, data, data.length);
  }

  /** The same with the first {@code length} bytes of a write. */
  static byte[] applied(byte[] image, long offset, byte[] data, int length) {
    byte[] result = Arrays.copyOf(image, (int) Math.max(image.length, offset + length));
    System.arraycopy(data, 0, result, (int) offset, length);
    return result;
  }

  @Override
  public void flush() {
    epoch++;
  }

  @Override
  public long length() {
    return bytes.length;
  }

  @Override
  public boolean isFixed() {
    return false;
  }

  @Override
  public void truncate(long length) {
    bytes = Arrays.copyOf(bytes, (int) length);
  }

  byte[] bytes() {
    return bytes.clone();
  }

  List<Write> writes() {
    return List.copyOf(writes);
  }

  boolean isFlushed() {
    return writes.isEmpty() || writes.get(writes.size() - 1).epoch() < epoch;
  }
}
