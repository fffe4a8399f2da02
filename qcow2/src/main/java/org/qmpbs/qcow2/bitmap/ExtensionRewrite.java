package org.qmpbs.qcow2.bitmap;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.qmpbs.qcow2.HeaderExtension;

/**
 * Puts the list of header extensions in order: without a bitmaps extension, or with exactly one;
 * all others byte for byte as they are.
 *
 * <p>A list that is written in part opens in no QEMU. So the others move up only if that changes a
 * single sector, which reaches the disk whole or not at all. If it would change more, each
 * extension that goes becomes one of a type that nobody knows, and everything else stays in place;
 * QEMU carries such extensions along.
 */
final class ExtensionRewrite {
  /** Of no program; unknown types are to be ignored. "QMPB". */
  static final int UNUSED = 0x514d5042;

  /** Without them the guest's data cannot be found or read: not to be thrown away. */
  private static final Set<Integer> PRECIOUS =
      Set.of(HeaderExtension.BACKING_FORMAT, HeaderExtension.ENCRYPTION, HeaderExtension.DATA_FILE);

  private final byte[] head;
  private final ExtensionArea area;
  private final int start;

  ExtensionRewrite(BitmapScan scan) {
    this.head = new byte[scan.head().limit()];
    scan.head().get(0, head);
    this.area = scan.area();
    this.start = scan.header().headerLength();
  }

  /** Whether the list ends in an extension that cannot be read and must not be thrown away. */
  boolean isBeyondHelp() {
    boolean listed = area.findings().stream().anyMatch(each -> each.rule() == Rule.EXTENSION_LIST);
    return listed
        && area.limit() - area.endMark() >= BitmapFormat.EXTENSION_PREFIX
        && PRECIOUS.contains(ByteBuffer.wrap(head).getInt(area.endMark()));
  }

  /**
   * The first cluster with the list in order.
   *
   * @param kept takes the place of the last bitmaps extension; if empty, there is none
   */
  byte[] rewritten(Optional<BitmapsExtension> kept) {
    byte[] compact = compact(kept);
    return sectorsChanged(compact) <= 1 && !isBeyondHelp() ? compact : inPlace(kept);
  }

  private byte[] compact(Optional<BitmapsExtension> kept) {
    byte[] result = head.clone();
    ByteBuffer target = ByteBuffer.wrap(result).position(start);
    for (ExtensionArea.Slot slot : area.slots()) {
      if (!slot.isBitmaps()) {
        target.put(head, slot.at(), slot.next() - slot.at());
      } else if (isKept(slot, kept)) {
        putBitmaps(target, kept.orElseThrow());
      }
    }
    end(target);
    return result;
  }

  private byte[] inPlace(Optional<BitmapsExtension> kept) {
    byte[] result = head.clone();
    ByteBuffer target = ByteBuffer.wrap(result).position(start);
    for (ExtensionArea.Slot slot : area.slots()) {
      target.position(slot.at());
      if (slot.isBitmaps()) {
        if (isKept(slot, kept)) {
          putBitmaps(target, kept.orElseThrow());
        }
        fill(target, slot.next());
      }
      target.position(slot.next());
    }
    if (!isBeyondHelp()) {
      end(target);
    }
    return result;
  }

  private boolean isKept(ExtensionArea.Slot slot, Optional<BitmapsExtension> kept) {
    return kept.isPresent() && area.bitmaps().orElseThrow().equals(slot);
  }

  private static void putBitmaps(ByteBuffer target, BitmapsExtension extension) {
    target
        .putInt(HeaderExtension.BITMAPS)
        .putInt(BitmapFormat.EXTENSION_LENGTH)
        .put(extension.encode());
  }

  /** An extension that nobody knows, up to {@code next}, if there is room between. */
  private static void fill(ByteBuffer target, int next) {
    int room = next - target.position() - BitmapFormat.EXTENSION_PREFIX;
    if (room >= 0) {
      target.putInt(UNUSED).putInt(room);
    }
  }

  /** Where the area is full, its end is the end of the list. */
  private void end(ByteBuffer target) {
    if (area.limit() - target.position() >= BitmapFormat.EXTENSION_PREFIX) {
      target.putLong(0);
    }
  }

  private int sectorsChanged(byte[] result) {
    int changed = 0;
    for (int at = 0; at < head.length; at += Sectors.SIZE) {
      int to = Math.min(at + Sectors.SIZE, head.length);
      changed += Arrays.equals(head, at, to, result, at, to) ? 0 : 1;
    }
    return changed;
  }
}
