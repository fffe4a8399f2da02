package org.qmpbs.pbs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The text that follows the head of a refused upgrade. It is only ever shown to people, so whatever
 * can be read of it is taken, bounded, and a broken rest is no error of its own.
 */
final class HttpErrorText {
  /** Longer texts are no errors of this server. */
  static final int MAX_LENGTH = 64 << 10;

  private static final int MAX_CHUNK_LINE = 256;

  private HttpErrorText() {}

  static String read(HttpHead head, InputStream in) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      if (head.field("transfer-encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
        readChunked(in, text);
      } else {
        copy(in, text, head.field("content-length").map(HttpErrorText::length).orElse(MAX_LENGTH));
      }
    } catch (IOException e) {
      if (text.size() == 0) {
        return "(the text could not be read: " + e.getMessage() + ")";
      }
    }
    return text.toString(StandardCharsets.UTF_8).strip();
  }

  private static int length(String field) {
    return field.matches("[0-9]{1,9}") ? Math.min(Integer.parseInt(field), MAX_LENGTH) : MAX_LENGTH;
  }

  private static void readChunked(InputStream in, ByteArrayOutputStream text) throws IOException {
    while (text.size() < MAX_LENGTH) {
      String line = readLine(in).replaceFirst(";.*", "").strip();
      if (!line.matches("[0-9A-Fa-f]{1,7}")) {
        return;
      }
      int size = Integer.parseInt(line, 16);
      if (size == 0) {
        return;
      }
      copy(in, text, Math.min(size, MAX_LENGTH - text.size()));
      readLine(in);
    }
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
      if (line.length() == MAX_CHUNK_LINE) {
        throw new IOException("a chunk's size line does not end");
      }
      line.append((char) octet);
    }
    return line.toString();
  }

  private static void copy(InputStream in, ByteArrayOutputStream text, int length)
      throws IOException {
    byte[] buffer = new byte[4096];
    int left = length;
    while (left > 0) {
      int read = in.read(buffer, 0, Math.min(left, buffer.length));
      if (read < 0) {
        return;
      }
      text.write(buffer, 0, read);
      left -= read;
    }
  }
}
