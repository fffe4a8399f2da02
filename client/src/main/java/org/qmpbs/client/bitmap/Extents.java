package org.qmpbs.client.bitmap;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.qmpbs.qcow2.bitmap.DirtyRange;

/**
 * Dirty ranges of a disk, 16 bytes each: a bitmap of a large disk has millions at worst, and their
 * lines are made only when they are written.
 */
public final class Extents implements DirtyRange {
  private static final int FIRST = 1024;

  private long[] pairs = new long[FIRST];
  private int used;

  @Override
  public void accept(long offset, long length) {
    if (used == pairs.length) {
      pairs = Arrays.copyOf(pairs, Math.multiplyExact(used, 2));
    }
    pairs[used] = offset;
    pairs[used + 1] = length;
    used += 2;
  }

  int size() {
    return used / 2;
  }

  long offset(int index) {
    return pairs[2 * index];
  }

  long length(int index) {
    return pairs[2 * index + 1];
  }

  long bytes() {
    long sum = 0;
    for (int i = 0; i < size(); i++) {
      sum += length(i);
    }
    return sum;
  }

  /** A heading and a line for each, in the columns of {@code qemu-img map}. */
  List<String> lines() {
    return new AbstractList<>() {
      @Override
      public String get(int index) {
        return index == 0
            ? line("Offset", "Length")
            : line(hex(offset(index - 1)), hex(length(index - 1)));
      }

      @Override
      public int size() {
        return Extents.this.size() + 1;
      }
    };
  }

  private static String hex(long number) {
    return number == 0 ? "0" : String.format(Locale.ROOT, "0x%x", number);
  }

  private static String line(String offset, String length) {
    return String.format(Locale.ROOT, "%-16s%s", offset, length);
  }
}
