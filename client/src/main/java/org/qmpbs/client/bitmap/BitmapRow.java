package org.qmpbs.client.bitmap;

import org.qmpbs.machine.Bitmap;
import org.qmpbs.qcow2.bitmap.StoredBitmap;

/**
 * A bitmap of an image or of a running machine, as a list shows it.
 *
 * @param name as it can be shown
 * @param granularity bytes of disk that one bit stands for
 * @param recording whether QEMU records into it
 * @param inconsistent whether its bits mean nothing any more
 * @param busy whether a job or an export of a running machine holds it
 * @param persistent whether it is in the image, or will be when QEMU closes it
 * @param dirtyBytes marked; 0 if it is inconsistent
 */
public record BitmapRow(
    String name,
    long granularity,
    boolean recording,
    boolean inconsistent,
    boolean busy,
    boolean persistent,
    long dirtyBytes) {

  /** One of an image that nobody has open. */
  public static BitmapRow of(StoredBitmap bitmap) {
    return new BitmapRow(
        bitmap.name().toString(),
        bitmap.granularity(),
        bitmap.records(),
        bitmap.inconsistent(),
        false,
        true,
        bitmap.dirtyBytes());
  }

  /** One of a running machine. */
  public static BitmapRow of(Bitmap bitmap) {
    return new BitmapRow(
        bitmap.name(),
        bitmap.granularity(),
        bitmap.recording(),
        bitmap.inconsistent(),
        bitmap.busy(),
        bitmap.persistent(),
        bitmap.inconsistent() ? 0 : bitmap.dirtyBytes());
  }

  /** One word, the same as in {@code qmpbs status}. */
  String state() {
    if (inconsistent) {
      return "inconsistent";
    }
    if (!recording) {
      return "disabled";
    }
    return busy ? "busy" : "recording";
  }

  BitmapOwner owner() {
    return BitmapOwner.of(name);
  }
}
