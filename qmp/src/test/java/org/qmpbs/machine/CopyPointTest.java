package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.qmpbs.machine.TwoDisks.MIB;
import static org.qmpbs.machine.TwoDisks.VD0;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.nbd.Extent;
import org.qmpbs.qmp.QmpCommandException;

/** Disks in iothreads, which old versions of QEMU must not export, copied and read. */
@Timeout(120)
class CopyPointTest {
  private static final String FIRST = "qmpbs:t:1:n";
  private static final String SECOND = "qmpbs:t:2:n";

  @TempDir Path directory;

  private static Machine connect(Qemu qemu) throws IOException {
    Machine machine = qemu.connect();
    machine.force(Strategy.COPY_TO_SCRATCH);
    return machine;
  }

  @Test
  void readsWhatTheDisksHeldAndWhatHadChanged() throws Exception {
    try (Qemu qemu = IothreadDisks.start(directory);
        Machine machine = connect(qemu)) {
      qemu.guestWrites(VD0, 1, "0 2M");
      qemu.guestWrites("sd0", 2, "4M 1M");
      try (MachineInstant instant = TwoDisks.take(qemu, machine, FIRST, null)) {
        qemu.guestWrites(VD0, 3, "0 16M");
        int vd = TwoDisks.index(instant, "vd0");
        int sd = TwoDisks.index(instant, "sd0");
        assertThat(Reads.all(instant, vd))
            .isEqualTo(Reads.expected(16 * MIB, new int[] {0, 2 * MIB, 1}));
        assertThat(Reads.all(instant, sd))
            .isEqualTo(Reads.expected(12 * MIB, new int[] {4 * MIB, MIB, 2}));
        assertThat(instant.disks().get(vd).dirty()).isEmpty();
        instant.verify();
      }
      assertThat(qemu.ours().isEmpty()).isTrue();

      Path more = Files.createDirectory(directory.resolve("more"));
      qemu.guestWrites("sd0", 5, "9M 64k");
      try (MachineInstant instant =
          TwoDisks.take(qemu, machine, SECOND, FIRST, qemu.scratch(more))) {
        int sd = TwoDisks.index(instant, "sd0");
        assertThat(instant.disks().get(sd).dirty().orElseThrow())
            .containsExactly(new Extent(8 * MIB, 4 * MIB, Extent.DIRTY));
        assertThat(instant.disks().get(TwoDisks.index(instant, "vd0")).dirty().orElseThrow())
            .containsExactly(new Extent(0, 16 * MIB, Extent.DIRTY));
        assertThat(Reads.all(instant, sd))
            .as("what did not change is there, too: it is compared with the last snapshot")
            .isEqualTo(
                Reads.expected(
                    12 * MIB, new int[] {4 * MIB, MIB, 2}, new int[] {9 * MIB, 65536, 5}));
        instant.verify();
      }
      assertThat(qemu.ours().isEmpty()).isTrue();
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
  }

  @Test
  void manyReadersComeAndGo() throws Exception {
    try (Qemu qemu = IothreadDisks.start(directory);
        Machine machine = connect(qemu)) {
      try (MachineInstant instant = TwoDisks.take(qemu, machine, FIRST, null)) {
        for (int i = 0; i < 20; i++) {
          qemu.guestWrites(VD0, i, "0 64k");
          assertThat(Reads.all(instant, i % 2)[0]).isZero();
        }
        instant.verify();
      }
      qemu.quit();
    }
  }

  @Test
  void theListenerSeesTheEndAndCanEndItBefore() throws Exception {
    try (Qemu qemu = IothreadDisks.start(directory);
        Machine machine = connect(qemu)) {
      qemu.guestWrites(VD0, 1, "0 16M");
      List<long[]> told = new ArrayList<>();
      take(qemu, machine, (done, total) -> told.add(new long[] {done, total})).close();
      long[] last = told.get(told.size() - 1);
      assertThat(last[0]).isEqualTo(last[1]).isPositive();
      for (Disk disk : machine.disks()) {
        machine.removeBitmap(disk, FIRST);
      }
      IOException enough = new IOException("enough");
      assertThatThrownBy(
              () ->
                  take(
                      qemu,
                      machine,
                      (done, total) -> {
                        throw enough;
                      }))
          .isSameAs(enough)
          .hasNoSuppressedExceptions();
      assertThat(qemu.ours().isEmpty()).isTrue();
      assertThat(qemu.disks()).allSatisfy(disk -> assertThat(disk.bitmaps()).isEmpty());
      qemu.guestWrites(VD0, 2, "0 1M");
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
  }

  private MachineInstant take(Qemu qemu, Machine machine, CopyListener listener)
      throws IOException {
    Path scratch = Files.createTempDirectory(directory, "s");
    return machine.takeInstant(
        Strategy.COPY_TO_SCRATCH,
        TwoDisks.RUN,
        TwoDisks.requests(machine, FIRST, null),
        qemu.scratch(scratch),
        scratch.resolve("nbd"),
        scratch,
        listener,
        Quiesce.NOTHING);
  }

  /** Does something once while the jobs run, then lets them hurry. */
  private static CopyListener once(Qemu qemu, Steps.Step step) {
    boolean[] done = {false};
    return (bytes, total) -> {
      if (!done[0]) {
        done[0] = true;
        assertThat(qemu.ask("query-block-jobs")).as("running jobs").hasSize(2);
        step.run();
        SlowCopies.hurry(qemu);
      }
    };
  }

  @Test
  void whatTheGuestWritesWhileTheJobsRunIsNotInTheCopyButInTheNextList() throws Exception {
    try (Qemu qemu = IothreadDisks.start(directory);
        Machine machine = SlowCopies.connect(qemu)) {
      qemu.guestWrites(VD0, 1, "0 16M");
      try (MachineInstant instant =
          take(qemu, machine, once(qemu, () -> qemu.guestWrites(VD0, 2, "13M 1M")))) {
        assertThat(Reads.all(instant, TwoDisks.index(instant, "vd0")))
            .isEqualTo(Reads.expected(16 * MIB, new int[] {0, 16 * MIB, 1}));
        instant.verify();
      }
      Path more = Files.createDirectory(directory.resolve("more"));
      try (MachineInstant instant =
          machine.takeInstant(
              Strategy.COPY_TO_SCRATCH,
              TwoDisks.RUN,
              TwoDisks.requests(machine, SECOND, FIRST),
              qemu.scratch(more),
              more.resolve("nbd"),
              more,
              once(qemu, () -> {}),
              Quiesce.NOTHING)) {
        assertThat(instant.disks().get(TwoDisks.index(instant, "vd0")).dirty().orElseThrow())
            .containsExactly(new Extent(12 * MIB, 4 * MIB, Extent.DIRTY));
      }
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
  }

  @Test
  void resizeWhileTheJobsRunIsRefusedAndAfterThemDoesNoHarm() throws Exception {
    try (Qemu qemu = IothreadDisks.start(directory);
        Machine machine = SlowCopies.connect(qemu)) {
      qemu.guestWrites(VD0, 1, "0 16M");
      CopyListener resizes =
          once(
              qemu,
              () -> assertThatThrownBy(() -> resize(qemu)).isInstanceOf(QmpCommandException.class));
      try (MachineInstant instant = take(qemu, machine, resizes)) {
        resize(qemu);
        assertThat(Reads.all(instant, TwoDisks.index(instant, "vd0")))
            .isEqualTo(Reads.expected(16 * MIB, new int[] {0, 16 * MIB, 1}));
        instant.verify();
      }
      qemu.quit();
    }
  }

  private static void resize(Qemu qemu) throws IOException {
    qemu.tell("block_resize", Json.object("node-name", "n0").put("size", 32L * MIB));
  }

  @Test
  void aJobThatSomebodyCancelsIsNoCopy() throws Exception {
    try (Qemu qemu = IothreadDisks.start(directory);
        Machine machine = SlowCopies.connect(qemu)) {
      qemu.guestWrites(VD0, 1, "0 16M");
      String job = new RunNames(TwoDisks.RUN).job(0);
      assertThatThrownBy(
              () ->
                  take(
                      qemu,
                      machine,
                      (done, total) -> {
                        if (done < total) {
                          qemu.tell("job-cancel", Json.object("id", job));
                        }
                      }))
          .isInstanceOf(PointInTimeBrokenException.class)
          .hasMessageContaining("ended before it was complete");
      assertThat(qemu.ours().isEmpty()).isTrue();
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
  }
}
