package org.qmpbs.qcow2.bitmap;

/**
 * A persistent bitmap of an image.
 *
 * @param name as stored
 * @param granularity bytes of disk that one bit stands for
 * @param records whether QEMU records into it when it opens the image
 * @param inconsistent it was not saved when the image was last closed; its bits mean nothing
 * @param dirtyBytes of the disk that it calls dirty, in whole granules but not more than the disk
 *     has; 0 if it is inconsistent
 */
public record StoredBitmap(
    BitmapName name, long granularity, boolean records, boolean inconsistent, long dirtyBytes) {}
