package org.qmpbs.client.restore;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A raw image on a stream. What was written cannot be taken back, so whoever reads must look at our
 * exit code before using it.
 */
final class StreamSink implements ImageSink {
  private static final byte[] ZEROS = new byte[1 << 16];

  private final OutputStream stream;

  StreamSink(OutputStream stream) {
    this.stream = stream;
  }

  @Override
  public void data(long offset, byte[] plain) throws IOException {
    stream.write(plain);
  }

  @Override
  public void zeros(long offset, int length) throws IOException {
    for (int left = length; left > 0; left -= ZEROS.length) {
      stream.write(ZEROS, 0, Math.min(ZEROS.length, left));
    }
  }

  @Override
  public void complete() throws IOException {
    stream.flush();
  }

  @Override
  public void publish() {
    // The reader has had it all along.
  }

  @Override
  public void close() {
    // The stream is the caller's.
  }
}
