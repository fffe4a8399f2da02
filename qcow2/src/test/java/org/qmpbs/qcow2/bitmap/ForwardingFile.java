package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An image in memory, for tests that change what one call of it does. */
abstract class ForwardingFile implements ImageFile {
  final MemoryImage image;

  ForwardingFile(byte[] image) {
    this.image = new MemoryImage(image);
  }

  @Override
  public byte[] read(long offset, int length) {
    return image.read(offset, length);
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    image.write(offset, source);
  }

  @Override
  public void flush() throws IOException {
    image.flush();
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
