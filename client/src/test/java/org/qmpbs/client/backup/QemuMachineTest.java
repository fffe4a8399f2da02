package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.client.backup.BackupSummary.DiskSummary;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.backup.ReadPlan.Incremental;
import org.qmpbs.client.rate.FakeTicker;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.qcow2.Qcow2Images;

/** The engine with a real QEMU; only the server is in memory. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class QemuMachineTest {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 34 * MIB;

  @TempDir Path folder;
  private final FakeServer server = new FakeServer();
  private final FakeTicker ticker = new FakeTicker(1_700_000_000L);
  private final List<String> said = new ArrayList<>();
  private final byte[] first = new byte[SIZE];
  private final byte[] second = new byte[SIZE];
  private Path qcow2;
  private Path raw;

  @BeforeEach
  void makeDisks() throws Exception {
    new Random(1).nextBytes(first);
    java.util.Arrays.fill(first, 8 * MIB, 20 * MIB, (byte) 0);
    System.arraycopy(first, 0, second, MIB, 5 * MIB);
    raw = Files.write(folder.resolve("b.raw"), second);
    Path content = Files.write(folder.resolve("a.raw"), first);
    qcow2 = folder.resolve("a.qcow2");
    Process convert =
        new ProcessBuilder(
                "qemu-img",
                "convert",
                "-f",
                "raw",
                "-O",
                "qcow2",
                content.toString(),
                qcow2.toString())
            .inheritIO()
            .start();
    assertThat(convert.waitFor()).isZero();
    Files.createDirectory(folder.resolve("scratch"));
  }

  @Test
  void backsUpIncrementallyAndLeavesOneBitmapPerDisk() throws Exception {
    try (QemuProcess qemu = QemuProcess.start(folder, qcow2, raw)) {
      BackupSummary full = run(qemu);
      assertThat(full.disks()).allMatch(disk -> disk.plan() instanceof FullRead);
      assertThat(full.disks().get(0).zero()).isGreaterThanOrEqualTo(11L * MIB);
      assertSnapshot();
      assertNoDebris(qemu);

      guestWrites(qemu, "scsi0", first, 0x5a, 9 * MIB, 128 << 10);
      guestWrites(qemu, "scsi1", second, 0x11, SIZE - 4096, 4096);
      BackupSummary incremental = run(qemu);
      for (DiskSummary disk : incremental.disks()) {
        assertThat(disk.plan()).isInstanceOf(Incremental.class);
        assertThat(disk.read() + disk.zero()).isLessThanOrEqualTo(Chunks.SIZE);
      }
      assertSnapshot();
      assertNoDebris(qemu);

      BackupSummary unchanged = run(qemu);
      assertThat(unchanged.disks())
          .allMatch(disk -> disk.reused() == SIZE && disk.uploadedChunks() == 0);
      assertSnapshot();
      assertNoDebris(qemu);
    }
    // After a clean restart the qcow2 disk keeps its bitmap, the raw one does not.
    try (QemuProcess qemu = QemuProcess.start(folder, qcow2, raw)) {
      guestWrites(qemu, "scsi0", first, 0x77, 0, 512);
      BackupSummary restarted = run(qemu);
      assertThat(restarted.disks().get(0).plan()).isInstanceOf(Incremental.class);
      assertThat(((FullRead) restarted.disks().get(1).plan()).reason())
          .isEqualTo(FullReadReason.BITMAP_NOT_PERSISTENT);
      assertSnapshot();
      assertNoDebris(qemu);
    }
  }

  @Test
  void aFailureLosesNoChange() throws Exception {
    try (QemuProcess qemu = QemuProcess.start(folder, qcow2, raw)) {
      run(qemu);
      guestWrites(qemu, "scsi0", first, 0x21, 12 * MIB, 4096);
      server.steps.failAt(
          "finish",
          () -> {
            throw org.qmpbs.pbs.PbsFailures.refusal(
                org.qmpbs.pbs.ServerProblem.STORAGE, "no space left on device");
          });
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> run(qemu))
          .hasMessageContaining("no space left");
      assertNoDebris(qemu);
      guestWrites(qemu, "scsi0", first, 0x22, 30 * MIB, 4096);
      BackupSummary next = run(qemu);
      assertThat(next.disks()).allMatch(disk -> disk.plan() instanceof Incremental);
      assertThat(next.disks().get(0).read() + next.disks().get(0).zero())
          .isEqualTo(2L * Chunks.SIZE);
      assertSnapshot();
    }
  }

  private BackupSummary run(QemuProcess qemu) throws IOException {
    ticker.sleep(Duration.ofSeconds(60));
    return new BackupJob(
            new BackupEnvironment(
                server,
                new RecordingProgress(said, said),
                ticker.clock(),
                new Random(),
                QemuMachine::connect,
                Qcow2Images::createEmpty,
                RateLimiter.Ticker.SYSTEM,
                new ChunkPipeline.Sizes(2, 2, 2),
                ScratchCare.OF_HOST),
            new BackupRequest(
                qemu.monitor,
                Namespace.ROOT,
                Samples.GROUP,
                OptionalLong.empty(),
                List.of(),
                Set.of(),
                folder.resolve("scratch"),
                OptionalLong.empty(),
                Duration.ofMinutes(3),
                false,
                100,
                Patience.NONE,
                CheckpointPolicy.OFF,
                FreezeOptions.OFF,
                SnapshotKeys.NONE))
        .run();
  }

  private static void guestWrites(
      QemuProcess qemu, String disk, byte[] model, int pattern, int offset, int length)
      throws IOException {
    qemu.guestWrites(disk, "0x" + Integer.toHexString(pattern), offset, length);
    java.util.Arrays.fill(model, offset, offset + length, (byte) pattern);
  }

  private void assertSnapshot() {
    assertThat(server.last().archives.get("drive-scsi0.img.fidx").restoresTo(first)).isTrue();
    assertThat(server.last().archives.get("drive-scsi1.img.fidx").restoresTo(second)).isTrue();
  }

  private void assertNoDebris(QemuProcess qemu) throws IOException {
    String nodes = qemu.qmp("{\"execute\":\"query-named-block-nodes\"}");
    assertThat(nodes).doesNotContain("qmpbs-");
    for (String disk : List.of("scsi0", "scsi1")) {
      String bitmap = FakeMachine.recorded(server, disk);
      assertThat(nodes).contains(bitmap);
      nodes = nodes.replace(bitmap, "");
    }
    assertThat(nodes).doesNotContain("qmpbs:");
    assertThat(qemu.qmp("{\"execute\":\"query-block-exports\"}")).contains("[]");
    assertThat(qemu.qmp("{\"execute\":\"query-jobs\"}")).contains("[]");
    try (Stream<Path> files = Files.list(folder.resolve("scratch"))) {
      assertThat(files).isEmpty();
    }
  }
}
