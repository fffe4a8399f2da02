package org.qmpbs.qcow2;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** The list between the header and the end of the first cluster. */
final class HeaderExtensions {
  private static final int END = 0;

  /** Type and length. */
  private static final int PREFIX = 8;

  /** Kind of feature, bit number, name padded with zeros. */
  private static final int FEATURE_NAME = 48;

  private static final int INCOMPATIBLE = 0;

  private HeaderExtensions() {}

  /**
   * Lists the extensions. The end mark may be missing where the area ends, as QEMU has it.
   *
   * @param head the first cluster
   * @param start end of the header
   * @param end of the area: of the cluster, or the name of the backing file
   */
  static List<HeaderExtension> parse(byte[] head, int start, int end) throws CorruptImageException {
    List<HeaderExtension> extensions = new ArrayList<>();
    ByteBuffer area = ByteBuffer.wrap(head);
    int at = start;
    while (end - at >= PREFIX) {
      int type = area.getInt(at);
      if (type == END) {
        break;
      }
      long length = Integer.toUnsignedLong(area.getInt(at + Integer.BYTES));
      int data = at + PREFIX;
      if (length > end - data) {
        throw new CorruptImageException(
            at + Integer.BYTES,
            String.format(
                "expected at most %d bytes in header extension %08x, found %d",
                end - data, type, length));
      }
      extensions.add(new HeaderExtension(type, data, (int) length));
      // Padded to 8 bytes; both terms are below 2^21 here.
      at = data + ((int) length + 7 & ~7);
    }
    return extensions;
  }

  /** The bits of a mask of incompatible features, with the names that the image gives them. */
  static String featureNames(byte[] head, List<HeaderExtension> extensions, long mask) {
    StringJoiner names = new StringJoiner(", ");
    for (int bit = 0; bit < Long.SIZE; bit++) {
      if ((mask >>> bit & 1) != 0) {
        names.add("bit " + bit + nameOf(head, extensions, bit));
      }
    }
    return names.toString();
  }

  private static String nameOf(byte[] head, List<HeaderExtension> extensions, int bit) {
    for (HeaderExtension extension : extensions) {
      if (extension.type() != HeaderExtension.FEATURE_NAMES) {
        continue;
      }
      int end = (int) extension.offset() + extension.length();
      for (int at = (int) extension.offset(); at + FEATURE_NAME <= end; at += FEATURE_NAME) {
        if (head[at] == INCOMPATIBLE && head[at + 1] == bit) {
          return " (" + printable(new String(head, at + 2, FEATURE_NAME - 2, US_ASCII)) + ")";
        }
      }
    }
    return "";
  }

  /** A name from a foreign file ends up on a terminal. */
  private static String printable(String text) {
    int end = text.indexOf('\0');
    return text.substring(0, end < 0 ? text.length() : end).replaceAll("[^ -~]", "?");
  }
}
