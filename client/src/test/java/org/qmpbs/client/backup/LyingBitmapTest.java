package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.client.backup.BackupSummary.DiskSummary;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.backup.ReadPlan.Incremental;
import org.qmpbs.machine.PointInTimeBrokenException;

/** Bitmaps that every rule of the planner believes, and that have missed a change all the same. */
class LyingBitmapTest {
  private static final int SHORT_END = BackupScene.SIZE % Chunks.SIZE;

  @TempDir private Path temp;
  private BackupScene scene;

  @BeforeEach
  void begin() throws IOException {
    scene = new BackupScene(temp.resolve("scene"));
    scene.begin();
  }

  private byte[] image() {
    return scene.machine.disks.get("virtio1").image;
  }

  @Test
  void aDiskThatShrankAndGrewBackIsReadInFull() throws IOException {
    // The guest's write to chunk 2 after the instant is cut with its bit.
    scene.machine.disks.get("virtio1").bitmaps.values().forEach(bitmap -> bitmap.dirty.clear());
    Arrays.fill(image(), 2 * Chunks.SIZE, image().length, (byte) 0);
    BackupSummary summary = scene.backUp();
    DiskSummary disk = summary.disks().get(1);
    assertThat(disk.plan())
        .isInstanceOfSatisfying(
            FullRead.class,
            full -> {
              assertThat(full.reason()).isEqualTo(FullReadReason.CLEAN_END_CHANGED);
              assertThat(full.detail()).contains("byte " + 3 * Chunks.SIZE, "shrunk and grown");
            });
    assertThat(disk.read() + disk.zero()).isEqualTo(image().length);
    assertThat(disk.audited()).isEqualTo(SHORT_END);
    assertThat(summary.disks().get(0).plan()).isInstanceOf(Incremental.class);
    assertThat(scene.warnings).anyMatch(line -> line.contains("disk virtio1: the last data"));
    scene.assertLastSnapshotIsTheInstant();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    assertThat(scene.backUp().disks()).allMatch(each -> each.plan() instanceof Incremental);
  }

  @Test
  void anAuditFindsWhatNobodyRecordedAndReadsInFull() throws IOException {
    image()[5] = 77;
    scene.audit = 100;
    BackupSummary summary = scene.backUp();
    assertThat(summary.disks().get(1).plan())
        .isInstanceOfSatisfying(
            FullRead.class,
            full -> {
              assertThat(full.reason()).isEqualTo(FullReadReason.AUDIT_FAILED);
              assertThat(full.detail()).contains("at byte 0", "earlier increments");
            });
    assertThat(summary.warnings()).anyMatch(line -> line.contains("the audit found"));
    scene.assertLastSnapshotIsTheInstant();
    assertThat(scene.backUp().disks()).allMatch(each -> each.plan() instanceof Incremental);
    scene.assertNoDebris();
  }

  @Test
  void anAuditThatFindsNothingLeavesAnIncrement() throws IOException {
    scene.audit = 100;
    BackupSummary summary = scene.backUp();
    assertThat(summary.disks()).allMatch(disk -> disk.plan() instanceof Incremental);
    assertThat(summary.disks().get(1).audited()).isEqualTo(2 * Chunks.SIZE + 2 * SHORT_END);
    assertThat(summary.warnings()).isEmpty();
  }

  @Test
  void aBrokenPointInTimeIsNotBlamedOnTheBitmap() throws IOException {
    image()[image().length - 1] ^= 1;
    scene.steps.failAt(
        "verify",
        () -> {
          throw new PointInTimeBrokenException("the scratch file is full", null);
        });
    assertThatThrownBy(scene::backUp).isInstanceOf(PointInTimeBrokenException.class);
    assertThat(scene.warnings).isEmpty();
    scene.assertBitmapsAreThoseOfTheLastSnapshot();
    scene.assertNoDebris();
  }

  @Test
  void aBackingFileThatWasWrittenToIsAFullReadAndOneThatWasNotIsNone() throws IOException {
    Path base = Files.writeString(temp.resolve("base"), "one");
    scene.machine.disks.get("virtio1").backing = base.toString();
    scene.backUp();
    scene.machine.restart();
    assertThat(scene.backUp().disks())
        .allMatch(disk -> disk.plan() instanceof Incremental && disk.bitmapStored());

    FileTime changed = Files.getLastModifiedTime(base);
    Files.writeString(base, "two");
    Files.setLastModifiedTime(base, FileTime.from(changed.toInstant().plusNanos(1_000_000)));
    image()[5] = 77;
    BackupSummary summary = scene.backUp();
    assertThat(summary.disks().get(0).plan()).isInstanceOf(Incremental.class);
    assertThat(summary.disks().get(1).plan())
        .isInstanceOfSatisfying(
            FullRead.class,
            full -> assertThat(full.reason()).isEqualTo(FullReadReason.BACKING_CHANGED));
    scene.assertLastSnapshotIsTheInstant();

    scene.machine.disks.get("virtio1").backing = temp.resolve("rebased") + "";
    assertThat(scene.backUp().disks().get(1).plan()).isInstanceOf(FullRead.class);
  }

  @Test
  void aBitmapOverABackingFileThatNobodyCanWatchDoesNotOutliveQemu() throws IOException {
    scene.machine.disks.get("virtio1").backing = "nbd://elsewhere/base";
    scene.backUp();
    BackupSummary second = scene.backUp();
    assertThat(second.disks())
        .allMatch(disk -> disk.plan() instanceof Incremental)
        .extracting(DiskSummary::bitmapStored)
        .containsExactly(true, false);
    scene.machine.restart();
    assertThat(scene.backUp().disks().get(1).plan())
        .isInstanceOfSatisfying(
            FullRead.class,
            full -> {
              assertThat(full.reason()).isEqualTo(FullReadReason.BITMAP_NOT_PERSISTENT);
              assertThat(full.detail()).contains("backing files cannot be watched");
            });
  }
}
