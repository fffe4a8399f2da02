package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * Stores what a {@link BitmapEditor} has made, so that a crash at any point leaves the old bitmaps
 * or the new ones (docs/adr/0006-offline-bitmap-writes.md):
 *
 * <ol>
 *   <li>new clusters, tables, the directory, new refcount blocks, all where nothing stands;
 *   <li>their refcounts;
 *   <li>one sector of the header, which turns to the new directory; where it takes more than one,
 *       see {@link HeadSteps};
 *   <li>the refcounts of what the header no longer leads to.
 * </ol>
 *
 * Each is on the disk before the next begins.
 */
final class BitmapCommit {
  private static final int SECTOR = 512;

  private final StrictImage image;
  private final ImageFile file;
  private final Qcow2Header header;
  private final Refcounts refcounts;
  private final ClusterAllocator allocator;
  private final BitmapEditor editor;
  private final BitmapName name;
  private final byte[] oldHead;
  private final byte[] oldDirectory;
  private final ClusterSet unused;
  private CommitStage stage = CommitStage.PREPARING;
  private int alreadyFree;

  BitmapCommit(
      StrictImage image,
      Refcounts refcounts,
      ClusterAllocator allocator,
      BitmapEditor editor,
      BitmapName name)
      throws IOException {
    this.image = image;
    this.file = image.file();
    this.header = image.header();
    this.refcounts = refcounts;
    this.allocator = allocator;
    this.editor = editor;
    this.name = name;
    this.oldHead = new byte[image.scan().head().limit()];
    image.scan().head().get(0, oldHead);
    this.oldDirectory = directory(image.entries());
    this.unused = new ClusterSet(refcounts.perBlock());
  }

  CommitStage stage() {
    return stage;
  }

  /** Clusters of old bitmaps that were free already, which they should not have been. */
  int alreadyFree() {
    return alreadyFree;
  }

  /** Whether there was anything to store. */
  boolean run() throws IOException {
    List<DirectoryEntry> entries = new ArrayList<>(editor.entries());
    storeTable(entries);
    byte[] directory = directory(entries);
    if (Arrays.equals(directory, oldDirectory)) {
      return false;
    }
    Optional<BitmapsExtension> extension = storeDirectory(directory, entries.size());
    RefcountUpdate update = new RefcountUpdate(image, refcounts, allocator);
    Optional<Qcow2Header.Table> newTable = update.prepare();
    byte[] counted = HeadSteps.withRefcounts(oldHead, newTable, header.clusterSize());
    List<byte[]> states =
        new HeadSteps(counted, image.scan().area())
            .to(extension)
            .orElseThrow(() -> Refusals.noRoomInHeader(image.path()));
    file.flush();
    verify(oldHead);

    stage = CommitStage.COUNTING;
    update.countInPlace();
    file.flush();
    writeHead(oldHead, counted);
    verify(counted);

    stage = CommitStage.SWITCHING;
    byte[] head = counted;
    for (byte[] state : states) {
      writeHead(head, state);
      head = state;
    }

    stage = CommitStage.FREEING;
    if (newTable.isPresent()) {
      noLongerUsed(header.refcountTable().offset(), header.refcountTable().entries() * 8L);
    }
    free();
    return true;
  }

  /** Gives the bitmap that was worked on its table, and notes what it no longer uses. */
  private void storeTable(List<DirectoryEntry> entries) throws IOException {
    Optional<DirectoryEntry> old = image.find(name);
    Optional<EditedTable> edited = editor.edited();
    Optional<DirectoryEntry> now =
        entries.stream().filter(entry -> entry.name().equals(name)).findFirst();
    if (now.isPresent() && edited.isEmpty()) {
      return;
    }
    long[] table = edited.map(EditedTable::entries).orElse(new long[0]);
    if (old.isPresent()) {
      boolean kept = now.isPresent() && isSame(old.get(), now.get(), table);
      if (now.isPresent() && kept) {
        replace(entries, now.get(), old.get().tableOffset());
        return;
      }
      forget(old.get(), table);
    }
    if (now.isPresent()) {
      long offset = allocator.allocateRun((long) table.length * Long.BYTES);
      ByteBuffer bytes = ByteBuffer.allocate(table.length * Long.BYTES);
      bytes.asLongBuffer().put(table);
      file.write(offset, bytes);
      replace(entries, now.get(), offset);
    }
  }

  private boolean isSame(DirectoryEntry old, DirectoryEntry now, long[] table) throws IOException {
    return !old.inUse()
        && old.granularityBits() == now.granularityBits()
        && Arrays.equals(image.table(old), table);
  }

  private static void replace(List<DirectoryEntry> entries, DirectoryEntry entry, long table) {
    entries.set(
        entries.indexOf(entry),
        DirectoryEntry.of(
            table, entry.tableSize(), entry.flags(), entry.granularityBits(), entry.name()));
  }

  /** What the old table led to and the new one does not, and the old one itself. */
  private void forget(DirectoryEntry old, long[] table) throws IOException {
    if (old.inUse() && !image.isTableSound(old)) {
      // Guest data may stand where the table should be.
      return;
    }
    ClusterSet still = new ClusterSet(refcounts.perBlock());
    for (long entry : table) {
      still.add(BitmapTable.offset(entry) >>> header.clusterBits());
    }
    for (long entry : image.claims(old)) {
      long offset = BitmapTable.offset(entry);
      if (offset != 0 && !still.contains(offset >>> header.clusterBits())) {
        noLongerUsed(offset, 1);
      }
    }
    noLongerUsed(old.tableOffset(), old.tableSize() * Long.BYTES);
  }

  private Optional<BitmapsExtension> storeDirectory(byte[] directory, int count)
      throws IOException {
    if (!image.entries().isEmpty()) {
      BitmapsExtension old = image.scan().extension().orElseThrow();
      noLongerUsed(old.directoryOffset(), old.directorySize());
    }
    if (count == 0) {
      return Optional.empty();
    }
    long offset = allocator.allocateRun(directory.length);
    file.write(offset, ByteBuffer.wrap(directory));
    return Optional.of(new BitmapsExtension(count, 0, directory.length, offset));
  }

  private static byte[] directory(List<DirectoryEntry> entries) {
    long size = entries.stream().mapToLong(DirectoryEntry::size).sum();
    ByteBuffer bytes = ByteBuffer.allocate((int) size);
    entries.forEach(entry -> entry.encode(bytes));
    return bytes.array();
  }

  private void noLongerUsed(long offset, long bytes) {
    long last = (offset + bytes - 1) >>> header.clusterBits();
    for (long cluster = offset >>> header.clusterBits(); cluster <= last; cluster++) {
      unused.add(cluster);
    }
  }

  /** Whoever takes no locks is seen here at the latest. */
  private void verify(byte[] head) throws IOException {
    boolean same = Arrays.equals(head, file.read(0, head.length));
    if (same && !image.entries().isEmpty()) {
      BitmapsExtension extension = image.scan().extension().orElseThrow();
      byte[] now = file.read(extension.directoryOffset(), (int) extension.directorySize());
      same = Arrays.equals(withoutPadding(now), oldDirectory);
    }
    if (!same) {
      throw Refusals.changed(image.path());
    }
  }

  /** As it would be encoded: padding has no meaning, and some program may not have zeroed it. */
  private byte[] withoutPadding(byte[] stored) {
    ByteBuffer again = ByteBuffer.allocate(oldDirectory.length);
    int at = 0;
    while (stored.length - at >= BitmapFormat.ENTRY_FIXED
        && DirectoryEntry.sizeAt(stored, at) <= stored.length - at) {
      DirectoryEntry entry = DirectoryEntry.decode(stored, at);
      if (entry.extraDataSize() != 0 || entry.size() > again.remaining()) {
        return stored;
      }
      entry.encode(again);
      at += (int) entry.size();
    }
    return again.array();
  }

  private void writeHead(byte[] from, byte[] to) throws IOException {
    if (Arrays.equals(from, to)) {
      return;
    }
    for (int at = 0; at < to.length; at += SECTOR) {
      if (!Arrays.equals(from, at, at + SECTOR, to, at, at + SECTOR)) {
        file.write(at, ByteBuffer.wrap(to, at, SECTOR));
      }
    }
    file.flush();
  }

  private void free() throws IOException {
    for (Map.Entry<Long, BitSet> stretch : unused.stretches().entrySet()) {
      alreadyFree += refcounts.release(stretch.getKey(), stretch.getValue());
    }
    file.flush();
  }
}
