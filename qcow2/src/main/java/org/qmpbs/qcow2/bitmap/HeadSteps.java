package org.qmpbs.qcow2.bitmap;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.qmpbs.qcow2.HeaderExtension;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * The way of the first cluster from one state to another, in states between each of which QEMU
 * opens. If both ends differ in one sector only, there is nothing between: a sector is written
 * whole or not at all. Otherwise every step changes either one sector, or bytes that nobody reads
 * in the state before and after it:
 *
 * <ul>
 *   <li>what stands behind the end mark of the list of extensions and is not the backing file's
 *       name,
 *   <li>the data of a bitmaps extension while the autoclear bit says that it is out of date; its
 *       type and length do matter then.
 * </ul>
 *
 * <p>The name of the backing file ends the area of the extensions. Where it is in the way it is
 * copied first, and then the header turns to the copy.
 */
final class HeadSteps {
  private static final int SECTOR = 512;
  private static final int NAME_AT = 8;
  private static final int NAME_LENGTH = 16;
  private static final int REFCOUNT_TABLE = 48;

  /** Bits of autoclear features that QEMU knows; the others it clears when it writes. */
  private static final long KNOWN_AUTOCLEAR = 3;

  private static final int BITMAPS = 8 + BitmapFormat.EXTENSION_LENGTH;
  private static final int END_MARK = 8;

  private final byte[] start;
  private final ExtensionArea area;
  private final List<byte[]> states = new ArrayList<>();

  /**
   * Ways that begin here.
   *
   * @param start the whole first cluster
   */
  HeadSteps(byte[] start, ExtensionArea area) {
    this.start = start.clone();
    this.area = area;
  }

  /** Without the autoclear bits that nobody knows; where another refcount table is, if anywhere. */
  static byte[] withRefcounts(byte[] head, Optional<Qcow2Header.Table> table, int clusterSize) {
    byte[] result = head.clone();
    ByteBuffer fields = ByteBuffer.wrap(result);
    fields.putLong(
        BitmapFormat.AUTOCLEAR_AT, fields.getLong(BitmapFormat.AUTOCLEAR_AT) & KNOWN_AUTOCLEAR);
    table.ifPresent(
        moved ->
            fields
                .putLong(REFCOUNT_TABLE, moved.offset())
                .putInt(REFCOUNT_TABLE + Long.BYTES, moved.entries() * Long.BYTES / clusterSize));
    return result;
  }

  /**
   * The states on the way to these bitmaps, without the first; the last one has them. Empty if the
   * first cluster has no room.
   */
  Optional<List<byte[]>> to(Optional<BitmapsExtension> extension) {
    states.clear();
    boolean fits = true;
    if (extension.isEmpty()) {
      remove();
    } else if (area.bitmaps().isPresent()) {
      replace(area.bitmaps().get(), extension.get());
    } else {
      fits = add(extension.get());
    }
    return fits ? Optional.of(shortened()) : Optional.empty();
  }

  private List<byte[]> shortened() {
    if (states.isEmpty()) {
      return List.of();
    }
    byte[] last = states.get(states.size() - 1);
    return sectors(start, last) == 1 ? List.of(last) : List.copyOf(states);
  }

  private void replace(ExtensionArea.Slot slot, BitmapsExtension extension) {
    next(head -> autoclear(head, false));
    next(head -> head.put(slot.dataAt(), extension.encode()));
    next(head -> autoclear(head, true));
  }

  private void remove() {
    next(head -> autoclear(head, false));
    if (area.bitmaps().isEmpty()) {
      return;
    }
    ExtensionArea.Slot slot = area.bitmaps().get();
    if (slot.next() == area.endMark()) {
      next(head -> head.putLong(slot.at(), 0));
      next(head -> head.put(slot.at(), new byte[BITMAPS]));
      return;
    }
    // The others can move up only if that changes one sector; else it becomes one that says
    // nothing.
    next(head -> head.putInt(slot.at(), ExtensionRewrite.UNUSED));
    byte[] moved = current();
    int others = area.endMark() - slot.next();
    System.arraycopy(start, slot.next(), moved, slot.at(), others);
    Arrays.fill(moved, slot.at() + others, area.endMark(), (byte) 0);
    if (sectors(current(), moved) == 1) {
      states.add(moved);
    }
  }

  /** Whether there is room. */
  private boolean add(BitmapsExtension extension) {
    int at = area.endMark();
    int after = area.limit() - at - BITMAPS;
    if (after != 0 && after < END_MARK) {
      if (ByteBuffer.wrap(start).getLong(NAME_AT) == 0) {
        return false;
      }
      if (addAtOnce(extension)) {
        return true;
      }
      // Without an end mark the list would go on into the old name when its end moves.
      if (area.limit() - at < END_MARK || !moveName()) {
        return false;
      }
    }
    next(head -> putData(head, at, extension, after != 0));
    next(head -> putType(head, at));
    next(head -> autoclear(head, true));
    return true;
  }

  /** With the name behind the extension, if all that is in one sector. */
  private boolean addAtOnce(BitmapsExtension extension) {
    int at = area.endMark();
    int to = at + BITMAPS + END_MARK;
    if (to + nameLength() > start.length) {
      return false;
    }
    byte[] state = start.clone();
    ByteBuffer head = ByteBuffer.wrap(state);
    putData(head, at, extension, true);
    head.put(to, start, name(), nameLength()).putLong(NAME_AT, to);
    putType(head, at);
    autoclear(head, true);
    return sectors(start, state) == 1 && states.add(state);
  }

  /** Copies the name to where it is not in the way and lets the header point there. */
  private boolean moveName() {
    int end = name() + nameLength() + 7 & ~7;
    int to = Math.max(area.endMark() + BITMAPS + END_MARK, end);
    if (to + nameLength() > start.length) {
      return false;
    }
    next(head -> head.put(to, start, name(), nameLength()));
    next(head -> head.putLong(NAME_AT, to));
    return true;
  }

  private int name() {
    return (int) ByteBuffer.wrap(start).getLong(NAME_AT);
  }

  private int nameLength() {
    return ByteBuffer.wrap(start).getInt(NAME_LENGTH);
  }

  private static void putData(
      ByteBuffer head, int at, BitmapsExtension extension, boolean endMark) {
    head.put(at + 8, extension.encode());
    if (endMark) {
      head.putLong(at + BITMAPS, 0);
    }
  }

  private static void putType(ByteBuffer head, int at) {
    head.putInt(at, HeaderExtension.BITMAPS)
        .putInt(at + Integer.BYTES, BitmapFormat.EXTENSION_LENGTH);
  }

  private static void autoclear(ByteBuffer head, boolean current) {
    long others = head.getLong(BitmapFormat.AUTOCLEAR_AT) & ~BitmapFormat.AUTOCLEAR_BITMAPS;
    head.putLong(
        BitmapFormat.AUTOCLEAR_AT, others | (current ? BitmapFormat.AUTOCLEAR_BITMAPS : 0));
  }

  private byte[] current() {
    return (states.isEmpty() ? start : states.get(states.size() - 1)).clone();
  }

  /** A change of the bytes at absolute positions. */
  @FunctionalInterface
  private interface Change {
    void to(ByteBuffer head);
  }

  private void next(Change change) {
    byte[] state = current();
    change.to(ByteBuffer.wrap(state));
    if (!Arrays.equals(state, current())) {
      states.add(state);
    }
  }

  /** Sectors in which two states differ. */
  static int sectors(byte[] one, byte[] other) {
    int differ = 0;
    for (int at = 0; at < one.length; at += SECTOR) {
      differ += Arrays.equals(one, at, at + SECTOR, other, at, at + SECTOR) ? 0 : 1;
    }
    return differ;
  }
}
