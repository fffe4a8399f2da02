package org.qmpbs.qmp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Cuts the monitor's stream into lines of bounded length. */
final class LineReader {
  /**
   * Longest line taken. The longest that QEMU sends is its schema, about 300 KiB; the list of block
   * nodes grows by about 2 KiB a node.
   */
  static final int MAX_LINE = 32 << 20;

  private final InputStream in;
  private final int maxLine;
  private final byte[] buffer = new byte[64 << 10];
  private int position;
  private int limit;

  LineReader(InputStream in, int maxLine) {
    this.in = in;
    this.maxLine = maxLine;
  }

  /**
   * The next line without CR and LF; lines without content are skipped.
   *
   * @return null at the end of the stream; a last line that has no end is dropped
   */
  byte @Nullable [] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      if (position == limit) {
        position = 0;
        limit = Math.max(0, in.read(buffer));
        if (limit == 0) {
          return null;
        }
      }
      int start = position;
      while (position < limit && buffer[position] != '\n') {
        position++;
      }
      line.write(buffer, start, position - start);
      if (line.size() > maxLine) {
        throw new QmpProtocolException(
            "the monitor sent a line longer than the " + maxLine + " bytes that are taken");
      }
      if (position < limit) {
        position++;
        byte[] bytes = line.toByteArray();
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == '\r') {
          length--;
        }
        if (length > 0) {
          return length == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, length);
        }
        line.reset();
      }
    }
  }
}
