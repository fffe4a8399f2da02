package org.qmpbs.client.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Standard output for data. A {@link PrintStream} swallows every failure, which is fine for words
 * and fatal for an image: a full disk or a reader that went away would pass for success.
 */
final class ResultStream extends OutputStream {
  private final PrintStream out;

  ResultStream(PrintStream out) {
    this.out = out;
  }

  @Override
  public void write(int octet) throws IOException {
    out.write(octet);
    check();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    check();
  }

  @Override
  public void flush() throws IOException {
    out.flush();
    check();
  }

  private void check() throws IOException {
    if (out.checkError()) {
      throw new IOException("nobody reads it any more, or the disk it goes to is full");
    }
  }
}
