package org.qmpbs.machine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.qmpbs.machine.BitmapChange.Add;
import org.qmpbs.machine.BitmapChange.Merge;
import org.qmpbs.machine.BitmapChange.Remove;
import org.qmpbs.machine.BitmapChangeException.Reason;

/** What can be refused without asking QEMU. */
final class ChangeRules {
  /** The length field of a directory entry has two bytes, QEMU allows this much of it. */
  private static final int LONGEST_NAME = 1023;

  /** A sector, the least that can be dirty. */
  private static final long LEAST_GRANULARITY = 512;

  /** QEMU's limit for bitmaps that are stored ({@code BME_MAX_GRANULARITY_BITS}, 31). */
  private static final long GREATEST_GRANULARITY = 1L << 31;

  private ChangeRules() {}

  /** Names, granularity, order. */
  static void check(String bitmap, List<BitmapChange> changes) throws BitmapChangeException {
    if (changes.isEmpty()) {
      throw invalid(
          "no action was given", "Say what to do: add, remove, clear, enable, disable or merge.");
    }
    checkName(bitmap);
    for (int i = 0; i < changes.size(); i++) {
      BitmapChange change = changes.get(i);
      if (change instanceof Add add && add.granularity().isPresent()) {
        checkGranularity(add.granularity().getAsLong());
      } else if (change instanceof Merge merge) {
        checkName(merge.source());
      } else if (change instanceof Remove && i < changes.size() - 1) {
        throw new BitmapChangeException(
            Reason.NOT_TOGETHER,
            "QEMU removes a bitmap at the end of a transaction and keeps its name taken until"
                + " then; nothing can follow the removal of "
                + bitmap
                + " in one step",
            "Remove it with one command and do the rest with a second one; writes of the guest"
                + " between the two are then in no bitmap. To start over without a gap, clear and"
                + " enable it instead.");
      }
    }
  }

  private static void checkName(String name) throws BitmapChangeException {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > LONGEST_NAME) {
      throw invalid(
          "a bitmap's name has 1 to " + LONGEST_NAME + " bytes, this one has " + length,
          "Choose another name.");
    }
  }

  private static void checkGranularity(long granularity) throws BitmapChangeException {
    if (granularity < LEAST_GRANULARITY
        || granularity > GREATEST_GRANULARITY
        || Long.bitCount(granularity) != 1) {
      throw invalid(
          "a granularity of " + granularity + " bytes is not possible",
          "Give a power of two from 512 bytes to 2 GiB, for instance 65536.");
    }
  }

  private static BitmapChangeException invalid(String message, String remedy) {
    return new BitmapChangeException(Reason.INVALID, message, remedy);
  }
}
