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
  private RepairUndo() {}

  /**
   * Undoes a repair.
   *
   * @throws BitmapRefusedException if the image was changed since; nothing is written then
   */
  static void run(ImageFile file, SideFile side) throws IOException {
    if (file.length() < side.imageLength()) {
      throw changed("it is shorter than it was");
    }
    Sectors image = new Sectors(file);
    for (SideFile.Sector sector : side.sectors()) {
      if (!sector.knows(Arrays.copyOf(image.sector(sector.offset()), sector.before().length))) {
        throw changed("the sector at byte " + sector.offset() + " is not as the repair left it");
      }
    }
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
