package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** An image in memory of which somebody else changes a byte at the first flush. */
final class MeddledFile implements ImageFile {
  private final MemoryImage image;
  private final int at;
  private byte[] atFirstFlush = new byte[0];

  MeddledFile(byte[] image, int at) {
    this.image = new MemoryImage(image);
    this.at = at;
  }

  @Override
  public void flush() {
    if (atFirstFlush.length == 0) {
      byte changed = (byte) (image.read(at, 1)[0] ^ 1);
      image.write(at, ByteBuffer.wrap(new byte[] {changed}));
      atFirstFlush = image.bytes();
    }
    image.flush();
  }

  byte[] atFirstFlush(int from, int length) {
    return Arrays.copyOfRange(atFirstFlush, from, from + length);
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    image.write(offset, source);
  }

  @Override
  public byte[] read(long offset, int length) throws IOException {
    return image.read(offset, length);
  }

  @Override
  public long length() {
    return image.length();
  }

  @Override
  public boolean isFixed() {
    return image.isFixed();
  }

  @Override
  public void truncate(long length) {
    image.truncate(length);
  }
}
