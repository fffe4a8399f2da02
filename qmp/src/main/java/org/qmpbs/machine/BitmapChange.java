package org.qmpbs.machine;

import java.util.OptionalLong;

/** One action on a named bitmap of a live node, with the words of {@code qemu-img bitmap}. */
public sealed interface BitmapChange {
  /**
   * Makes the bitmap, persistent and recording from now on.
   *
   * @param granularity bytes per bit, or empty for QEMU's default: the size of a cluster, but at
   *     least 4 KiB and at most 64 KiB
   */
  record Add(OptionalLong granularity) implements BitmapChange {}

  /** Takes the bitmap away, from memory and from the image; the only one for inconsistent ones. */
  record Remove() implements BitmapChange {}

  /** Marks everything clean. */
  record Clear() implements BitmapChange {}

  /** Lets it record writes. */
  record Enable() implements BitmapChange {}

  /** Stops recording; what is marked stays. */
  record Disable() implements BitmapChange {}

  /**
   * Marks what another bitmap of the same node has marked, which stays as it is. Between different
   * granularities QEMU rounds outwards.
   *
   * @param source name of the other bitmap
   */
  record Merge(String source) implements BitmapChange {}
}
