package org.qmpbs.client.connect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The first line of foreign text, without its line end. The official client uses no more of a
 * secret either, so that files may end in a line break or carry comments below.
 */
final class FirstLine {
  /** No secret or repository is longer; bounds what a wrong file name can make us read. */
  static final int MAX_BYTES = 64 << 10;

  private FirstLine() {}

  /** Reads up to the first line feed or the end. */
  static String read(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
      if (line.size() == MAX_BYTES) {
        throw new IOException("the first line is longer than " + MAX_BYTES + " bytes");
      }
      line.write(octet);
    }
    try {
      return withoutCarriageReturn(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(line.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      throw new IOException("the first line is not valid UTF-8", e);
    }
  }

  /** The first line of {@code text}. */
  static String of(String text) {
    int end = text.indexOf('\n');
    return withoutCarriageReturn(end < 0 ? text : text.substring(0, end));
  }

  private static String withoutCarriageReturn(String line) {
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }
}
