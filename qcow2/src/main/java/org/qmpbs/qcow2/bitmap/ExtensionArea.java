package org.qmpbs.qcow2.bitmap;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.qcow2.HeaderExtension;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * The list of header extensions as it stands, damaged or not: what is wrong becomes a finding, and
 * the list goes on where it most likely does.
 *
 * <p>A bitmaps extension of a wrong length hides where the next extension starts. QEMU writes 24
 * bytes and nothing else, so if something that can be an extension stands behind 24 bytes, the list
 * goes on there; otherwise behind the length that is stored.
 *
 * @param slots in the order of the header, without the end mark
 * @param endMark where the end mark stands or, in a damaged list, could stand; at most {@code
 *     limit}
 * @param limit end of the area: the name of the backing file or the end of the first cluster
 * @param findings about the list
 */
record ExtensionArea(List<Slot> slots, int endMark, int limit, List<Finding> findings) {
  private static final int END = 0;

  private static final List<Integer> KNOWN =
      List.of(
          END,
          HeaderExtension.BACKING_FORMAT,
          HeaderExtension.FEATURE_NAMES,
          HeaderExtension.BITMAPS,
          HeaderExtension.ENCRYPTION,
          HeaderExtension.DATA_FILE);

  /**
   * One extension.
   *
   * @param type as in {@link HeaderExtension}
   * @param at offset of its type field
   * @param length as stored, unsigned 32 bits
   * @param next offset of what follows
   */
  record Slot(int type, int at, long length, int next) {
    int dataAt() {
      return at + BitmapFormat.EXTENSION_PREFIX;
    }

    boolean isBitmaps() {
      return type == HeaderExtension.BITMAPS;
    }
  }

  /**
   * Reads the list.
   *
   * @param head the first cluster, or less if the image ends earlier
   */
  static ExtensionArea of(Qcow2Header header, byte[] head) {
    ByteBuffer area = ByteBuffer.wrap(head);
    long nameAt = area.getLong(8);
    int limit = nameAt == 0 ? head.length : (int) Math.min(nameAt, head.length);
    return new Walk(area, limit).from(header.headerLength());
  }

  /** The extension that QEMU takes: the last one of its kind. */
  Optional<Slot> bitmaps() {
    return slots.stream().filter(Slot::isBitmaps).reduce((first, second) -> second);
  }

  private record Walk(ByteBuffer area, int limit) {
    ExtensionArea from(int start) {
      List<Slot> slots = new ArrayList<>();
      List<Finding> findings = new ArrayList<>();
      int at = start;
      while (limit - at >= BitmapFormat.EXTENSION_PREFIX) {
        int type = area.getInt(at);
        long length = Integer.toUnsignedLong(area.getInt(at + Integer.BYTES));
        if (type == END && length <= limit - at - BitmapFormat.EXTENSION_PREFIX) {
          break;
        }
        boolean bitmaps = type == HeaderExtension.BITMAPS;
        int room = limit - at - BitmapFormat.EXTENSION_PREFIX;
        if (bitmaps && length != BitmapFormat.EXTENSION_LENGTH) {
          findings.add(wrongLength(at, length));
        }
        int next = bitmaps ? afterBitmaps(at, length) : after(at, length);
        if (next < 0) {
          if (!bitmaps) {
            findings.add(leavesHeader(at, room, length));
          }
          if (bitmaps && room >= BitmapFormat.EXTENSION_LENGTH) {
            slots.add(new Slot(type, at, length, limit));
          }
          break;
        }
        if (bitmaps && slots.stream().anyMatch(Slot::isBitmaps)) {
          findings.add(twice(at));
        }
        slots.add(new Slot(type, at, length, next));
        at = next;
      }
      int left = limit - at;
      if (left > 0 && left < BitmapFormat.EXTENSION_PREFIX && limit < area.limit()) {
        findings.add(leavesHeader(at, 0, left));
      }
      return new ExtensionArea(List.copyOf(slots), at, limit, List.copyOf(findings));
    }

    /** Behind {@code length} bytes, padded to 8; -1 if that is outside. */
    private int after(int at, long length) {
      long next = at + BitmapFormat.EXTENSION_PREFIX + (length + 7 & ~7L);
      return length > limit - at - BitmapFormat.EXTENSION_PREFIX ? -1 : (int) next;
    }

    private int afterBitmaps(int at, long length) {
      int usual = after(at, BitmapFormat.EXTENSION_LENGTH);
      if (usual >= 0 && (length == BitmapFormat.EXTENSION_LENGTH || canFollow(usual))) {
        return usual;
      }
      return after(at, length);
    }

    private boolean canFollow(int at) {
      return limit - at < BitmapFormat.EXTENSION_PREFIX || KNOWN.contains(area.getInt(at));
    }

    private static Finding wrongLength(int at, long length) {
      return new Finding(
          Rule.EXTENSION_LENGTH,
          at + Integer.BYTES,
          "a bitmaps extension of 24 bytes",
          length + " bytes",
          Optional.empty());
    }

    private static Finding leavesHeader(int at, int room, long length) {
      return new Finding(
          Rule.EXTENSION_LIST,
          at + Integer.BYTES,
          "an extension of at most " + room + " bytes",
          length + " bytes",
          Optional.empty());
    }

    private static Finding twice(int at) {
      return new Finding(
          Rule.EXTENSION_TWICE, at, "one bitmaps extension", "another one", Optional.empty());
    }
  }
}
