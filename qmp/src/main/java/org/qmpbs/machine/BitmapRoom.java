package org.qmpbs.machine;

import java.util.OptionalLong;

/**
 * The room that QEMU needs when it ends and stores the bitmaps of one image, against the room that
 * there is. When it runs out, QEMU says so in its log only, and all bitmaps of the image are lost
 * or inconsistent.
 *
 * @param stored bytes that it takes to store the bitmaps that there are
 * @param next the same, with the bitmap that a backup adds
 * @param margin bytes that should be left besides, for the metadata of what the guest writes
 *     meanwhile
 * @param available bytes that there are, or empty if that cannot be known
 * @param atMost whether there may be less: of a block device, QEMU only tells how far it has
 *     written since it started
 * @param place where, for people: the path of the file or device, or why it is not known
 */
public record BitmapRoom(
    long stored, long next, long margin, OptionalLong available, boolean atMost, String place) {

  /** Whether a backup should better not add a bitmap that has to be stored. */
  public boolean lacksForNext() {
    return available.isPresent() && available.getAsLong() < next + margin;
  }

  /** Whether those that are there already cannot all be stored. */
  public boolean lacksForStored() {
    return stored > 0 && available.isPresent() && available.getAsLong() < stored;
  }
}
