package org.qmpbs.qcow2.bitmap;

import java.util.OptionalLong;

/** What can be done to one bitmap, with the words of {@code qemu-img bitmap}. */
public sealed interface BitmapAction {
  /**
   * Makes a new bitmap that records from the next time on that QEMU opens the image.
   *
   * @param granularity in bytes, a power of 2 from 512 to 2^31; if absent, the cluster size, but at
   *     least 4096 and at most 65536
   */
  record Add(OptionalLong granularity) implements BitmapAction {}

  /** Takes the bitmap away; the only action that an inconsistent bitmap allows. */
  record Remove() implements BitmapAction {}

  /** Sets all bits to zero. */
  record Clear() implements BitmapAction {}

  /** Lets QEMU record into it when it opens the image. */
  record Enable() implements BitmapAction {}

  /** Keeps QEMU from recording into it. */
  record Disable() implements BitmapAction {}

  /**
   * Sets every bit whose range another bitmap calls dirty in part; coarser granularities round
   * outwards.
   *
   * @param source of the same image, or of the other one if there is one
   */
  record Merge(BitmapName source) implements BitmapAction {}
}
