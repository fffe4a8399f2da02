package org.qmpbs.client.backup;

import java.util.List;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.memory.Indexes;
import org.qmpbs.machine.Bitmap;
import org.qmpbs.machine.Disk;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.Repository;

/** Things that many tests need. */
final class Samples {
  static final Repository REPOSITORY = Repository.parse("backup@pbs!qmpbs@pbs.example:store1");
  static final BackupGroup GROUP = BackupGroup.parse("vm/100");
  static final String TARGET = EpochName.targetOf(REPOSITORY, Namespace.ROOT, GROUP);

  private Samples() {}

  static Disk disk(String name, long size, Bitmap... bitmaps) {
    return disk(name, size, true, bitmaps);
  }

  static Disk disk(String name, long size, boolean persistent, Bitmap... bitmaps) {
    return new Disk(
        name,
        "/machine/peripheral/" + name,
        "drv-" + name,
        "root-" + name,
        "node-" + name,
        persistent ? "qcow2" : "raw",
        "/images/" + name,
        size,
        persistent,
        List.of(bitmaps));
  }

  static Bitmap bitmap(String name, long dirtyBytes) {
    return new Bitmap(name, true, true, false, false, Chunks.SIZE, dirtyBytes);
  }

  /** An index whose chunks are the digests of the given texts. */
  static FixedIndex index(long size, String... chunks) {
    return Indexes.of(size, chunks);
  }

  static Digest digest(String text) {
    return Indexes.digest(text);
  }
}
