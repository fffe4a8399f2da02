package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An image in memory of which one write or flush, by number, and all that follow fail. */
final class FaultyFile extends ForwardingFile {
  private final String error;
  private int left;

  /**
   * One that will fail.
   *
   * @param left writes and flushes that still work
   * @param error as the system says it
   */
  FaultyFile(byte[] image, int left, String error) {
    super(image);
    this.left = left;
    this.error = error;
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    if (left-- <= 0) {
      // A disk that fills up takes what still fits.
      int half = source.remaining() / 1024 * 512;
      image.write(offset, source.slice(source.position(), half));
      throw new IOException(error);
    }
    image.write(offset, source);
  }

  @Override
  public void flush() throws IOException {
    if (left-- <= 0) {
      throw new IOException(error);
    }
    image.flush();
  }

  byte[] bytes() {
    return image.bytes();
  }
}
