package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * Which clusters the bitmap structures of an image claim: the directory, the tables, and what the
 * tables point to, as far as each can be followed. Stale bitmaps claim nothing, for QEMU follows
 * them no more.
 *
 * <p>Tables that overlap are damage; what two share is followed once. So the work is bounded by the
 * length of the image, however many entries the directory has.
 */
final class BitmapClaims {
  /** In place of the number of a bitmap. */
  static final int DIRECTORY = -1;

  private static final int PIECE = 1 << 16;

  private final ImageFile file;
  private final long length;
  private final BitmapScan scan;

  BitmapClaims(ImageFile file, BitmapScan scan) throws IOException {
    this.file = file;
    this.length = file.length();
    this.scan = scan;
  }

  /** Takes the claims. */
  interface Visitor {
    /**
     * One claim.
     *
     * @param bitmap number in the directory, or {@link #DIRECTORY}
     * @param pointer offset of what points there
     * @param offset of the first byte that is claimed
     */
    void visit(int bitmap, long pointer, long offset, long bytes) throws IOException;
  }

  /** Tells all claims, in the same order each time. */
  void forEach(Visitor visitor) throws IOException {
    Optional<BitmapsExtension> extension = scan.extension().filter(each -> scan.isCurrent());
    if (extension.isEmpty() || !scan.directoryCanBeRead()) {
      return;
    }
    int pointer = scan.area().bitmaps().orElseThrow().dataAt() + 16;
    claim(
        visitor,
        DIRECTORY,
        pointer,
        extension.get().directoryOffset(),
        extension.get().directorySize());
    List<ScannedBitmap> bitmaps = scan.bitmaps();
    int[] byTable =
        IntStream.range(0, bitmaps.size())
            .filter(i -> bitmaps.get(i).tableCanBeRead())
            .boxed()
            .sorted(Comparator.comparingLong(i -> bitmaps.get(i).entry().tableOffset()))
            .mapToInt(Integer::intValue)
            .toArray();
    long followed = 0;
    for (int i : byTable) {
      DirectoryEntry entry = bitmaps.get(i).entry();
      long bytes = entry.tableSize() * Long.BYTES;
      long pointerAt = bitmaps.get(i).entryOffset();
      if (entry.tableOffset() < followed) {
        // One cluster is enough to find both out.
        claim(visitor, i, pointerAt, entry.tableOffset(), 1);
      }
      long from = Math.max(entry.tableOffset(), followed);
      if (from < entry.tableOffset() + bytes) {
        claim(visitor, i, pointerAt, from, entry.tableOffset() + bytes - from);
      }
      long to = Math.min(entry.tableOffset() + bytes, length & -Long.BYTES);
      if (from < to) {
        follow(visitor, i, from, to);
        followed = to;
      }
    }
  }

  private void claim(Visitor visitor, int bitmap, long pointer, long offset, long bytes)
      throws IOException {
    // Behind the end nothing can be shared: what is there is zeros to everybody.
    long inside = Math.min(bytes, length - offset);
    if (inside > 0) {
      visitor.visit(bitmap, pointer, offset, inside);
    }
  }

  private void follow(Visitor visitor, int bitmap, long from, long to) throws IOException {
    Qcow2Header header = scan.header();
    for (long at = from; at < to; at += PIECE) {
      int bytes = (int) Math.min(PIECE, to - at);
      ByteBuffer entries = ByteBuffer.wrap(file.read(at, bytes));
      while (entries.hasRemaining()) {
        long pointer = at + entries.position();
        long entry = entries.getLong();
        if (entry != 0 && BitmapTable.isValid(entry, header.clusterSize())) {
          long offset = BitmapTable.offset(entry);
          if (offset != 0) {
            claim(visitor, bitmap, pointer, offset, header.clusterSize());
          }
        }
      }
    }
  }
}
