package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.machine.FaultyMonitor.Fault;

/**
 * {@link DeadRunTest} for disks that are copied; {@code -Dqmpbs.copy.stride=1} for each command.
 */
@Timeout(300)
class DeadCopyTest {
  private static final int STRIDE = Integer.getInteger("qmpbs.copy.stride", 6);

  @TempDir Path directory;

  private void atEachCommand(Fault fault, DeadRunTest.Check check) throws Exception {
    try (Qemu qemu = IothreadDisks.start(directory)) {
      qemu.guestWrites(TwoDisks.VD0, 1, "0 16M");
      DeadRunTest.atEachCommand(
          directory,
          qemu,
          fault,
          check,
          machine -> machine.force(Strategy.COPY_TO_SCRATCH),
          STRIDE);
    }
  }

  @Test
  void theNextRunSweepsWhatARunLeftThatDied() throws Exception {
    atEachCommand(Fault.CLIENT_DIES, (qemu, commands, last) -> DeadRunTest.sweep(qemu));
  }

  @Test
  void aCommandThatFailsUndoesEverythingTheNewBitmapsToo() throws Exception {
    atEachCommand(
        Fault.COMMAND_FAILS,
        (qemu, commands, last) ->
            assertThat(qemu.disks())
                .as("after %d commands, the last %s", commands, last)
                .allSatisfy(disk -> assertThat(disk.bitmap(DeadRunTest.NEW)).isEmpty()));
  }

  @Test
  void aRunThatDiesWhileItsJobsRunIsSweptAndTheGuestWritesOn() throws Exception {
    try (Qemu qemu = IothreadDisks.start(directory)) {
      qemu.guestWrites(TwoDisks.VD0, 1, "0 16M");
      Machine dies = SlowCopies.connect(qemu);
      assertThatThrownBy(
              () ->
                  dies.takeInstant(
                      Strategy.COPY_TO_SCRATCH,
                      TwoDisks.RUN,
                      TwoDisks.requests(dies, DeadRunTest.NEW, null),
                      qemu.scratch(),
                      directory.resolve("nbd"),
                      directory,
                      (done, total) -> {
                        dies.close();
                        throw new IOException("dead");
                      },
                      Quiesce.NOTHING))
          .hasMessage("dead");
      assertThat(qemu.ask("query-block-jobs")).as("jobs of the dead run").hasSize(2);
      qemu.guestWrites(TwoDisks.VD0, 2, "0 16M");
      DeadRunTest.sweep(qemu);
      assertThat(qemu.ask("query-jobs")).isEmpty();
      assertThat(qemu.ours().isEmpty()).isTrue();
      qemu.guestWrites(TwoDisks.VD0, 3, "0 16M");
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
  }
}
