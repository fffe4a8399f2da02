package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * Records every write and flush of an operation, builds the images that a power failure may leave,
 * and lets {@code qemu-img check} look at each: it opens, nothing but clusters that nothing uses is
 * wrong, the guest's data is what it was, and the bitmaps are the old ones, the new ones, or stale.
 */
class CrashReplayTest {
  /** Random subsets of the writes since a flush, for each write. */
  private static final int SUBSETS = Integer.getInteger("qmpbs.bitmap.subsets", 1);

  @TempDir Path folder;

  @SuppressWarnings("ImmutableEnumChecker") // what is in it has no setters
  private enum Operation {
    ADD("new", add(4096)),
    ADD_LARGE("new", add(512), merge("other"), merge(Sample.FIRST)),
    REMOVE(Sample.FIRST, new BitmapAction.Remove()),
    CLEAR(Sample.FIRST, new BitmapAction.Clear()),
    DISABLE("z", new BitmapAction.Disable()),
    MERGE(Sample.FIRST, merge("other"), merge("z")),
    MERGE_COARSER(
        "other", new BitmapAction.Disable(), new BitmapAction.Clear(), merge(Sample.FIRST)),
    REPLACE("z", new BitmapAction.Remove(), add(1024), merge(Sample.FIRST)),
    FIRST("new", add(65536)),
    LAST(Sample.FIRST, new BitmapAction.Remove()),
    AFTER_STALE("new", add(65536));

    private final BitmapName name;
    private final List<BitmapAction> actions;

    Operation(String name, BitmapAction... actions) {
      this.name = BitmapName.of(name);
      this.actions = List.of(actions);
    }

    private static BitmapAction add(long granularity) {
      return new BitmapAction.Add(OptionalLong.of(granularity));
    }

    private static BitmapAction merge(String source) {
      return new BitmapAction.Merge(BitmapName.of(source));
    }

    /** Brings the image into the state from which the operation starts. */
    void prepare(Path image) throws IOException {
      if (this == FIRST || this == LAST) {
        try (BitmapImage opened = BitmapImage.openForWriting(image)) {
          for (StoredBitmap bitmap : opened.list()) {
            if (this == FIRST || !bitmap.name().equals(name)) {
              opened.apply(bitmap.name(), List.of(new BitmapAction.Remove()), Optional.empty());
            }
          }
        }
      } else if (this == AFTER_STALE) {
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.allocate(Long.BYTES), 88);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(CrashBase.class)
  void aCrashAtAnyMomentLeavesAnImageThatOpens(CrashBase kind) throws IOException {
    Path original = kind.in(folder);
    byte[] bytes = Files.readAllBytes(original);
    int states = 0;
    for (Operation operation : Operation.values()) {
      Files.write(original, bytes);
      operation.prepare(original);
      states += replay(kind + " " + operation, original, operation);
    }
    // If nothing of what is recorded differs from write to write, the replay is broken.
    assertThat(states).isGreaterThan(2 * Operation.values().length);
  }

  private int replay(String what, Path image, Operation operation) throws IOException {
    byte[] before = Files.readAllBytes(image);
    MemoryImage recorded = new MemoryImage(before);
    BitmapsApplied applied =
        new BitmapChange(image, recorded)
            .apply(operation.name, operation.actions, Optional.empty());
    assertThat(applied.refused()).as(what).isEmpty();
    assertThat(recorded.isFlushed()).as(what).isTrue();

    try (CrashImage crashed = new CrashImage(folder, image, before)) {
      String old = crashed.fingerprint();
      crashed.check(what + " before");
      crashed.become(CrashStates.all(recorded.writes()));
      String now = crashed.fingerprint();
      crashed.checkClean(what + " after");
      assertThat(now).as(what).isNotEqualTo(old);
      assertNothingThatExistsChangesBeforeTheFirstFlush(what, recorded, before);
      CrashStates states = new CrashStates(recorded.writes(), SUBSETS, what.hashCode());
      states.forEach(
          (label, writes) -> {
            if (crashed.become(writes)) {
              String where = what + " " + label;
              assertThat(crashed.fingerprint()).as(where).isIn(old, now, "");
              crashed.check(where);
            }
          });
      return crashed.distinct();
    }
  }

  /** So of all the images between, a few are enough to look at. */
  private static void assertNothingThatExistsChangesBeforeTheFirstFlush(
      String what, MemoryImage recorded, byte[] before) throws IOException {
    MemoryImage old = new MemoryImage(before);
    Qcow2Header header = BitmapScan.of(old).header();
    RefcountIndex refcounts = new RefcountIndex(old, header, new GuestDamage());
    for (MemoryImage.Write write : recorded.writes()) {
      if (write.epoch() == 0) {
        long last = (write.offset() + write.bytes().length - 1) >>> header.clusterBits();
        for (long at = write.offset() >>> header.clusterBits(); at <= last; at++) {
          assertThat(refcounts.get(at)).as("%s, cluster %d", what, at).isZero();
        }
      }
    }
  }
}
