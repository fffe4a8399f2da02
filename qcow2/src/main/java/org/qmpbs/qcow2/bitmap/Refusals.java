package org.qmpbs.qcow2.bitmap;

import java.nio.file.Path;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException.Reason;

/** The refusals that concern one bitmap, each with its remedy. */
final class Refusals {
  private Refusals() {}

  static BitmapRefusedException notFound(Path image, BitmapName name) {
    return new BitmapRefusedException(
        Reason.NOT_FOUND,
        "There is no bitmap '" + name + "' in " + image + ".",
        "See which there are with: qmpbs bitmap list " + image);
  }

  static BitmapRefusedException inconsistent(Path image, BitmapName name) {
    return new BitmapRefusedException(
        Reason.INCONSISTENT,
        "The bitmap '"
            + name
            + "' in "
            + image
            + " is inconsistent: it was not saved when the image was last closed, so it has"
            + " missed changes.",
        "It cannot be used any more; remove it with: qmpbs bitmap --remove " + image + " NAME");
  }
}
