package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.qcow2.Qcow2Header;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException.Reason;

/**
 * Does actions to one bitmap, with the checks of {@code qemu-img bitmap} in its order (qemu-img.c,
 * img_bitmap; block/monitor/bitmap-qmp-cmds.c; block/qcow2-bitmap.c). All that comes of it is a
 * list of bitmaps and a table in memory, and clusters that nothing uses yet.
 */
final class BitmapEditor {
  private static final long LEAST_DEFAULT = 4096;
  private static final long MOST_DEFAULT = 65536;

  private final StrictImage image;
  private final Qcow2Header header;
  private final ClusterAllocator allocator;
  private final Optional<StrictImage> source;
  private final BitmapName name;
  private final List<DirectoryEntry> entries;
  private Optional<EditedTable> edited = Optional.empty();

  /**
   * An editor of one bitmap.
   *
   * @param source of merges; if empty, the image itself
   */
  BitmapEditor(
      StrictImage image,
      ClusterAllocator allocator,
      BitmapName name,
      Optional<StrictImage> source) {
    this.image = image;
    this.header = image.header();
    this.allocator = allocator;
    this.source = source;
    this.name = name;
    this.entries = new ArrayList<>(image.entries());
  }

  /** The bitmaps as they are to be; the one worked on may have a table yet to be written. */
  List<DirectoryEntry> entries() {
    return entries;
  }

  /** The table of the bitmap worked on, if it has been looked at. */
  Optional<EditedTable> edited() {
    return edited;
  }

  /**
   * Does an action.
   *
   * @throws BitmapRefusedException if it cannot be done; nothing has changed then
   */
  void apply(BitmapAction action) throws IOException {
    if (action instanceof BitmapAction.Add add) {
      add(add);
    } else if (action instanceof BitmapAction.Merge merge) {
      merge(merge.source());
    } else if (action instanceof BitmapAction.Remove) {
      remove();
    } else if (action instanceof BitmapAction.Clear) {
      table(consistent()).clear();
    } else {
      setAuto(consistent(), action instanceof BitmapAction.Enable);
    }
  }

  private void add(BitmapAction.Add add) throws IOException {
    if (name.length() == 0) {
      throw Refusals.name(name);
    }
    int granularityBits = granularityBits(add);
    if (find(name).isPresent()) {
      throw Refusals.alreadyExists(image.path(), name);
    }
    long bits = BitmapFormat.bits(header.virtualSize(), granularityBits);
    if (bits > BitmapFormat.MAX_BITMAP_BYTES * Byte.SIZE) {
      throw Refusals.bitmapTooLarge(image.path(), header.virtualSize());
    }
    if (name.length() > BitmapFormat.MAX_NAME_BYTES) {
      throw Refusals.name(name);
    }
    if (entries.size() == BitmapFormat.MAX_BITMAPS) {
      throw Refusals.tooMany(image.path());
    }
    long directory = entries.stream().mapToLong(DirectoryEntry::size).sum();
    if (directory + DirectoryEntry.size(name.length(), 0) > BitmapFormat.MAX_DIRECTORY_BYTES) {
      throw Refusals.directoryTooLarge(image.path());
    }
    long clusters =
        BitmapFormat.tableEntries(header.virtualSize(), granularityBits, header.clusterBits());
    entries.add(DirectoryEntry.of(0, clusters, BitmapFormat.FLAG_AUTO, granularityBits, name));
    edited = Optional.of(editedTable(granularityBits, new long[(int) clusters]));
  }

  private int granularityBits(BitmapAction.Add add) throws BitmapRefusedException {
    long granularity =
        add.granularity()
            .orElse(Math.min(MOST_DEFAULT, Math.max(LEAST_DEFAULT, header.clusterSize())));
    int bits = Long.numberOfTrailingZeros(granularity);
    if (Long.bitCount(granularity) != 1
        || bits < BitmapFormat.MIN_GRANULARITY_BITS
        || bits > BitmapFormat.MAX_GRANULARITY_BITS) {
      throw Refusals.granularity(granularity);
    }
    return bits;
  }

  private void remove() throws BitmapRefusedException {
    entries.remove(existing());
    edited.ifPresent(EditedTable::clear);
    edited = Optional.empty();
  }

  private void setAuto(DirectoryEntry entry, boolean auto) {
    entries.set(
        entries.indexOf(entry),
        DirectoryEntry.of(
            entry.tableOffset(),
            entry.tableSize(),
            auto ? BitmapFormat.FLAG_AUTO : 0,
            entry.granularityBits(),
            name));
  }

  private void merge(BitmapName from) throws IOException {
    DirectoryEntry target = existing();
    Optional<DirectoryEntry> found = source.map(other -> other.find(from)).orElse(find(from));
    StrictImage of = source.orElse(image);
    if (found.isEmpty()) {
      throw Refusals.source(Reason.SOURCE_NOT_FOUND, of.path(), from);
    }
    DirectoryEntry other = found.get();
    if (other.inUse()) {
      throw Refusals.source(Reason.SOURCE_INCONSISTENT, of.path(), from);
    }
    if (of.header().virtualSize() != header.virtualSize()) {
      throw Refusals.sourceSize(image, of);
    }
    if (target.inUse()) {
      throw Refusals.inconsistent(image.path(), name);
    }
    boolean itself = source.isEmpty() && from.equals(name);
    if (!itself) {
      table(target).merge(of.bits(other));
    }
  }

  private DirectoryEntry consistent() throws BitmapRefusedException {
    DirectoryEntry entry = existing();
    if (entry.inUse()) {
      throw Refusals.inconsistent(image.path(), name);
    }
    return entry;
  }

  private DirectoryEntry existing() throws BitmapRefusedException {
    return find(name).orElseThrow(() -> Refusals.notFound(image.path(), name));
  }

  private Optional<DirectoryEntry> find(BitmapName wanted) {
    return entries.stream().filter(entry -> entry.name().equals(wanted)).findFirst();
  }

  private EditedTable table(DirectoryEntry entry) throws IOException {
    if (edited.isEmpty()) {
      edited = Optional.of(editedTable(entry.granularityBits(), image.table(entry)));
    }
    return edited.get();
  }

  private EditedTable editedTable(int granularityBits, long[] table) {
    return new EditedTable(image.file(), header, allocator, granularityBits, table);
  }
}
