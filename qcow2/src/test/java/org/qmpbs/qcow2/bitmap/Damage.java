package org.qmpbs.qcow2.bitmap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/** Everything that was ever seen to happen to bitmaps, and what could. */
@SuppressWarnings("ImmutableEnumChecker") // lambdas without state
enum Damage {
  EXTENSION_TOO_LONG(Rule.EXTENSION_LENGTH, d -> put4(d, d.extension - 4, 32)),
  EXTENSION_TOO_SHORT(Rule.EXTENSION_LENGTH, d -> put4(d, d.extension - 4, 16)),
  EXTENSION_WITHOUT_LENGTH(Rule.EXTENSION_LENGTH, d -> put4(d, d.extension - 4, 0)),
  EXTENSION_ENDLESS(Rule.EXTENSION_LENGTH, d -> put4(d, d.extension - 4, -1)),
  EXTENSION_TWICE(Rule.EXTENSION_TWICE, Damage::twice),
  EXTENSION_LIST_CUT(Rule.EXTENSION_LIST, Damage::foreignExtensionWithoutEnd),
  EXTENSION_RESERVED(Rule.EXTENSION_RESERVED, d -> put4(d, d.extension + 4, 1)),
  COUNT_ZERO(Rule.COUNT, d -> put4(d, d.extension, 0)),
  COUNT_HUGE(Rule.COUNT, d -> put4(d, d.extension, -1)),
  COUNT_HIGH(Rule.DIRECTORY_COUNT, d -> put4(d, d.extension, 4)),
  COUNT_LOW(Rule.DIRECTORY_COUNT, d -> put4(d, d.extension, 2)),
  DIRECTORY_SIZE_ZERO(Rule.DIRECTORY_SIZE, d -> put8(d, d.extension + 8, 0)),
  DIRECTORY_SIZE_HUGE(Rule.DIRECTORY_SIZE, d -> put8(d, d.extension + 8, -1)),
  DIRECTORY_SIZE_SHORT(Rule.DIRECTORY_ENTRIES, d -> at(put8(d, d.extension + 8, 70), d.entry(2))),
  DIRECTORY_SIZE_LONG(
      Rule.DIRECTORY_ENTRIES,
      d -> at(put8(d, d.extension + 8, d.directoryBytes() + 32), d.directory + d.directoryBytes())),
  DIRECTORY_OUTSIDE(Rule.DIRECTORY_BEYOND_END, d -> put8(d, d.extension + 16, 1L << 40)),
  DIRECTORY_FAR_OUTSIDE(Rule.DIRECTORY_OFFSET, d -> put8(d, d.extension + 16, 1L << 60)),
  DIRECTORY_AT_ZERO(Rule.DIRECTORY_OFFSET, d -> put8(d, d.extension + 16, 0)),
  DIRECTORY_NOT_ALIGNED(Rule.DIRECTORY_OFFSET, d -> put8(d, d.extension + 16, d.directory + 8)),
  DIRECTORY_ZEROED(Rule.DIRECTORY_ENTRIES, Damage::zeroedDirectory),
  DIRECTORY_OVER_REFCOUNTS(
      Rule.SHARED_WITH_METADATA, d -> put8(d, d.extension + 16, d.refcountBlock())),
  DIRECTORY_OVER_L2(Rule.SHARED_WITH_METADATA, d -> put8(d, d.extension + 16, d.l2())),
  TABLE_AT_ZERO(Rule.TABLE_OFFSET, d -> put8(d, d.entry(0), 0)),
  TABLE_NOT_ALIGNED(Rule.TABLE_OFFSET, d -> put8(d, d.entry(1), d.table(1) + 8)),
  TABLE_OUTSIDE(Rule.TABLE_BEYOND_END, d -> at(put8(d, d.entry(0), 1L << 40), 1L << 40)),
  TABLE_EMPTY(Rule.TABLE_SIZE, d -> put4(d, d.entry(0) + 8, 0)),
  TABLE_HUGE(Rule.TABLE_SIZE, d -> put4(d, d.entry(0) + 8, -1)),
  TABLE_OF_ANOTHER_DISK(
      Rule.TABLE_COVERAGE, d -> put4(d, d.entry(1) + 8, d.bytes.getInt(d.entry(1) + 8) + 1)),
  TABLE_ENTRY_RESERVED(Rule.TABLE_ENTRY, d -> put8(d, d.pointer(0), d.bits(0) | 4)),
  TABLE_ENTRY_NOT_ALIGNED(Rule.TABLE_ENTRY, d -> put8(d, d.pointer(0), d.bits(0) | 1)),
  BITS_OUTSIDE(Rule.DATA_BEYOND_END, d -> put8(d, d.pointer(0), 1L << 40)),
  FLAGS_UNKNOWN(Rule.FLAGS, d -> put4(d, d.entry(0) + 12, 0x10)),
  TYPE_UNKNOWN(Rule.TYPE, d -> put1(d, d.entry(0) + 16, 2)),
  GRANULARITY_FINE(Rule.GRANULARITY, d -> put1(d, d.entry(0) + 17, 8)),
  GRANULARITY_COARSE(Rule.GRANULARITY, d -> put1(d, d.entry(2) + 17, 32)),
  NAME_LONG(Rule.DIRECTORY_ENTRIES, d -> at(put2(d, d.entry(2) + 18, 0xffff), d.entry(2))),
  NAME_EMPTY(Rule.NAME_EMPTY, d -> put2(d, d.entry(2) + 18, 0)),
  NAME_TWICE(Rule.NAME_TWICE, Damage::nameTwice),
  NAME_WITH_ZERO_BYTE(Rule.NAME_NUL, d -> put1(d, d.entry(1) + 24, 0)),
  EXTRA_DATA(Rule.EXTRA_DATA, d -> at(put4(d, d.entry(0) + 20, 8), d.entry(0) + 20)),
  BITS_IN_GUEST_DATA(Rule.SHARED_WITH_GUEST, d -> put8(d, d.pointer(0), d.guestData())),
  BITS_IN_REFCOUNTS(Rule.SHARED_WITH_METADATA, d -> put8(d, d.pointer(0), d.refcountBlock())),
  TABLE_IN_L2(Rule.SHARED_WITH_METADATA, d -> put8(d, d.entry(0), d.l2())),
  BITS_IN_OTHER_TABLE(Rule.SHARED_WITH_BITMAP, d -> put8(d, d.pointer(0), d.table(1))),
  BITS_COUNT_AS_FREE(Rule.REFCOUNT_LOW, d -> refcount(d, d.bits(0), 0)),
  TABLE_COUNTS_AS_FREE(Rule.REFCOUNT_LOW, d -> refcount(d, d.table(0), 0)),
  DIRECTORY_COUNTS_AS_FREE(Rule.REFCOUNT_LOW, d -> refcount(d, d.directory, 0)),
  IN_USE(Rule.IN_USE, d -> put4(d, d.entry(0) + 12, d.bytes.getInt(d.entry(0) + 12) | 1)),
  STALE(Rule.STALE, d -> put1(d, 95, d.bytes.get(95) & ~1));

  private interface Act {
    long on(Draft draft);
  }

  private final Rule rule;
  private final Act act;

  Damage(Rule rule, Act act) {
    this.rule = rule;
    this.act = act;
  }

  Rule rule() {
    return rule;
  }

  /** Damages it; returns where it is to be reported, if that can be said for all images. */
  Optional<Long> to(Draft draft) {
    long at = act.on(draft);
    return at < 0 ? Optional.empty() : Optional.of(at);
  }

  private static long put8(Draft draft, int at, long value) {
    draft.bytes.putLong(at, value);
    return at;
  }

  private static long put4(Draft draft, int at, int value) {
    draft.bytes.putInt(at, value);
    return at;
  }

  private static long put2(Draft draft, int at, int value) {
    draft.bytes.putShort(at, (short) value);
    return at;
  }

  private static long put1(Draft draft, int at, int value) {
    draft.bytes.put(at, (byte) value);
    return at;
  }

  /** The damage is done at one place and seen at another. */
  private static long at(long ignored, long seen) {
    return seen;
  }

  private static long refcount(Draft draft, long cluster, int value) {
    draft.setRefcount(cluster, value);
    return -1;
  }

  private static long twice(Draft draft) {
    byte[] image = draft.image();
    int at = draft.extension + BitmapFormat.EXTENSION_LENGTH;
    System.arraycopy(image, draft.extension - 8, image, at, 32);
    draft.bytes.putLong(at + 32, 0);
    return at;
  }

  private static long foreignExtensionWithoutEnd(Draft draft) {
    int at = draft.extension + BitmapFormat.EXTENSION_LENGTH;
    draft.bytes.putInt(at, 0x12345678).putInt(at + 4, 0x7fffffff);
    return at + 4L;
  }

  private static long zeroedDirectory(Draft draft) {
    for (int i = 0; i < draft.directoryBytes(); i++) {
      draft.bytes.put(draft.directory + i, (byte) 0);
    }
    return draft.directory;
  }

  private static long nameTwice(Draft draft) {
    byte[] name = Sample.NAMES.get(1).getBytes(UTF_8);
    for (int i = 0; i < name.length; i++) {
      draft.bytes.put(draft.entry(0) + 24 + i, name[i]);
    }
    return draft.entry(1) + 24L;
  }
}
