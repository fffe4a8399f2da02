package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An image whose mark of a repair goes before anything else is written.
 *
 * <p>A change puts new clusters where the repair made room, long before it turns the header to
 * them, and it may end without ever doing that: refused, cut off, or because a later action takes
 * back an earlier one. {@link RepairUndo} would bring back bitmaps whose bits were overwritten. So
 * the mark reads as not set from the start, and it is taken off the disk when it first matters; who
 * writes nothing leaves it.
 */
final class RepairMark implements ImageFile {
  private static final int SECTOR = 512;

  private final ImageFile file;
  private boolean set;

  private RepairMark(ImageFile file, boolean set) {
    this.file = file;
    this.set = set;
  }

  /** The image without the mark; as it is if it has none. */
  static ImageFile lifted(ImageFile file) throws IOException {
    long autoclear = ByteBuffer.wrap(file.read(0, SECTOR)).getLong(BitmapFormat.AUTOCLEAR_AT);
    boolean set = (autoclear & BitmapFormat.AUTOCLEAR_REPAIRED) != 0;
    return set ? new RepairMark(file, true) : file;
  }

  @Override
  public byte[] read(long offset, int length) throws IOException {
    byte[] bytes = file.read(offset, length);
    // The highest bit of the eight bytes is in the first of them.
    long at = BitmapFormat.AUTOCLEAR_AT - offset;
    if (set && at >= 0 && at < length) {
      bytes[(int) at] &= 0x7f;
    }
    return bytes;
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    if (set) {
      byte[] head = read(0, SECTOR);
      file.write(0, ByteBuffer.wrap(head));
      file.flush();
      set = false;
    }
    file.write(offset, source);
  }

  @Override
  public void flush() throws IOException {
    file.flush();
  }

  @Override
  public long length() throws IOException {
    return file.length();
  }

  @Override
  public boolean isFixed() {
    return file.isFixed();
  }

  @Override
  public void truncate(long length) throws IOException {
    file.truncate(length);
  }
}
