package org.qmpbs.client.bitmap;

import java.util.List;
import org.qmpbs.qcow2.bitmap.BitmapName;

/** What the next backup does with a disk whose bitmaps were repaired. */
final class NextBackup {
  private NextBackup() {}

  static String after(List<BitmapName> kept) {
    boolean ours =
        kept.stream().anyMatch(name -> BitmapOwner.of(name.toString()).epoch().isPresent());
    return ours
        ? "reads only what changed, if the server's last snapshot names the bitmap that was kept"
        : "reads this disk completely, once, and sends only what the server does not have";
  }
}
