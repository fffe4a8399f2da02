package org.qmpbs.qcow2.bitmap;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** An image in memory of which somebody else changes a byte at the first flush. */
final class MeddledFile extends ForwardingFile {
  private final int at;
  private byte[] atFirstFlush = new byte[0];

  MeddledFile(byte[] image, int at) {
    super(image);
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
}
