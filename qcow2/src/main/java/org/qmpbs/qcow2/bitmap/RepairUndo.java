package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Puts back what a repair replaced, in the opposite order. If it is cut off it can be repeated, as
 * each sector is then as the repair found it or as it left it; and so is a repair that was cut off.
 *
 * <p>An image that was used since is refused. QEMU need not have changed any of the sectors: so a
 * repair sets a bit in the header that whoever writes to the image clears ({@link
 * BitmapFormat#AUTOCLEAR_REPAIRED}). Bitmaps that come back over data which changed meanwhile would
 * make backups that are wrong without a word.
 */
final class RepairUndo {
  private static final int VERSION_AT = 4;
  private static final int CLUSTER_BITS_AT = 20;
  private static final int SNAPSHOTS_AT = 60;

  private RepairUndo() {}

  /**
   * Undoes a repair.
   *
   * @throws BitmapRefusedException if the image was changed since; nothing is written then
   */
  static void run(ImageFile file, SideFile side) throws IOException {
    requireKnown(file, side);
    requireMark(file, side);
    putBack(file, side);
  }

  private static void requireKnown(ImageFile file, SideFile side) throws IOException {
    if (file.length() < side.imageLength()) {
      throw changed("it is shorter than it was");
    }
    for (SideFile.Sector sector : side.sectors()) {
      if (!sector.knows(now(file, sector))) {
        throw changed("the sector at byte " + sector.offset() + " is not as the repair left it");
      }
    }
  }

  /**
   * The first sector need not be among those that are put back, for the mark may have been there
   * from a repair before. An image with internal snapshots has none, and then nothing can be told.
   */
  private static void requireMark(ImageFile file, SideFile side) throws IOException {
    ByteBuffer head = ByteBuffer.wrap(file.read(0, Sectors.SIZE));
    long firstCluster = 1L << (head.getInt(CLUSTER_BITS_AT) & 31);
    boolean began = false;
    boolean firstSectorWritten = true;
    for (SideFile.Sector sector : side.sectors()) {
      boolean written = !Arrays.equals(now(file, sector), sector.before());
      began |= written && sector.offset() < firstCluster;
      firstSectorWritten &= written || !isHead(sector);
    }
    boolean marked =
        (head.getLong(BitmapFormat.AUTOCLEAR_AT) & BitmapFormat.AUTOCLEAR_REPAIRED) != 0;
    if (!began || !firstSectorWritten || marked || head.getInt(VERSION_AT) < 3) {
      return;
    }
    if (head.getInt(SNAPSHOTS_AT) == 0) {
      throw changed("the mark that the repair left in its header is gone");
    }
    throw new BitmapRefusedException(
        BitmapRefusedException.Reason.CHANGED,
        "it cannot be told whether the image was used since the repair, for an image with internal"
            + " snapshots cannot be marked. Nothing was written",
        "Leave the image as it is; bitmaps from before would not know what changed since.");
  }

  private static byte[] now(ImageFile file, SideFile.Sector sector) throws IOException {
    return file.read(sector.offset(), sector.before().length);
  }

  /** The same for an image that is known to be unused. */
  static void putBack(ImageFile file, SideFile side) throws IOException {
    requireKnown(file, side);
    List<SideFile.Sector> sectors = side.sectors();
    for (int i = sectors.size() - 1; i >= 0; i--) {
      SideFile.Sector sector = sectors.get(i);
      file.write(sector.offset(), ByteBuffer.wrap(sector.before()));
      // The header comes last, and not before all else is on the disk.
      boolean turn = i > 0 && isHead(sectors.get(i - 1)) != isHead(sector);
      if (turn || i == 0) {
        file.flush();
      }
    }
  }

  private static boolean isHead(SideFile.Sector sector) {
    return sector.offset() == 0;
  }

  private static BitmapRefusedException changed(String how) {
    return new BitmapRefusedException(
        BitmapRefusedException.Reason.CHANGED,
        "the image was used since the repair: " + how + ". Nothing was written",
        "Leave the image as it is; bitmaps from before would not know what changed since.");
  }
}
