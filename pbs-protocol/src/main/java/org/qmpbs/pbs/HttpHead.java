package org.qmpbs.pbs;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Status line and fields of an HTTP/1.1 answer, up to the empty line.
 *
 * <p>Read byte by byte, because the very next byte after a {@code 101} belongs to HTTP/2 and may
 * have come in the same TLS record; nothing may be read ahead.
 *
 * @param status three digits
 * @param fields lower-case names; of repeated fields the last
 */
record HttpHead(int status, Map<String, String> fields) {
  /** Largest head that is read: a real one has 200 bytes, proxies may add cookies. */
  static final int MAX_LENGTH = 64 << 10;

  private static final String WHAT = "the upgrade request";
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: .*)?");

  HttpHead {
    fields = Map.copyOf(fields);
  }

  /**
   * Reads one head and not a byte more.
   *
   * @throws BadAnswerException if it is none, or too long
   * @throws EOFException if the connection ends within it
   */
  static HttpHead read(InputStream in) throws IOException {
    String[] lines = readText(in).split("\r\n", -1);
    Matcher statusLine = STATUS_LINE.matcher(lines[0]);
    if (!statusLine.matches()) {
      throw new BadAnswerException(
          WHAT, "expected an HTTP/1.1 status line at byte 0, found '" + excerpt(lines[0]) + "'");
    }
    Map<String, String> fields = new LinkedHashMap<>();
    int offset = lines[0].length() + 2;
    for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
      int colon = lines[i].indexOf(':');
      if (colon < 1) {
        throw new BadAnswerException(
            WHAT,
            "expected 'name: value' at byte " + offset + ", found '" + excerpt(lines[i]) + "'");
      }
      fields.put(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).strip());
      offset += lines[i].length() + 2;
    }
    return new HttpHead(Integer.parseInt(statusLine.group(1)), fields);
  }

  private static String readText(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream(512);
    int matched = 0;
    while (matched < 4) {
      int octet = in.read();
      if (octet < 0) {
        throw new EOFException(
            "the connection ended after " + head.size() + " bytes of the answer's head");
      }
      if (head.size() == MAX_LENGTH) {
        throw new BadAnswerException(
            WHAT, "expected a head of at most " + MAX_LENGTH + " bytes, found more");
      }
      head.write(octet);
      int expected = matched % 2 == 0 ? '\r' : '\n';
      matched = octet == expected ? matched + 1 : octet == '\r' ? 1 : 0;
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  /** The value of a field. */
  Optional<String> field(String name) {
    return Optional.ofNullable(fields.get(name.toLowerCase(Locale.ROOT)));
  }

  private static String excerpt(String line) {
    String printable = line.replaceAll("[^\\x20-\\x7e]", "?");
    return printable.length() <= 80 ? printable : printable.substring(0, 80) + "…";
  }
}
