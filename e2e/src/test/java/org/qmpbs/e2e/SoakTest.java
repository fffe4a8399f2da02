package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.e2e.server.Faults;

/**
 * Round after round: the guest writes, a backup meets a random disaster while the guest writes on,
 * the next backup goes undisturbed, and what comes back is compared byte for byte. {@code bin/soak}
 * runs many rounds; with the same seed they are the same.
 */
class SoakTest {
  private static final int MIB = 1 << 20;
  private static final int ROUNDS = Integer.getInteger("qmpbs.soak.rounds", 3);
  private static final long SEED = Long.getLong("qmpbs.soak.seed", 20261121L);

  @TempDir Path folder;

  private final AtomicReference<Faults> faults = new AtomicReference<>(Faults.NONE);
  private final Map<String, Integer> reads = new TreeMap<>();
  private final Map<String, Integer> ends = new TreeMap<>();

  @Test
  void whateverHappensNoByteIsWrongNothingStaysAndTheGuestIsUnharmed() {
    try (TestServer server =
            TestServer.failing(folder.resolve("server"), call -> faults.get().before(call));
        QemuMachine machine =
            QemuMachine.in(folder)
                .disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 48 * MIB))
                .disk(DiskPlan.of("beta", ImageFormat.QCOW2, 30 * MIB + 4096).on(Bus.SCSI))
                .start()) {
      Stage stage = new Stage(folder, server);
      Random random = new Random(SEED);
      for (int round = 0; round < ROUNDS; round++) {
        long seed = random.nextLong();
        Disaster disaster = Disaster.values()[random.nextInt(Disaster.values().length)];
        try {
          round(stage, machine, disaster, new Random(seed));
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(
              "round " + round + " of seed " + SEED + ", " + disaster + ", failed", e);
        }
      }
    }
    System.out.printf(
        "soak: %d rounds of seed %d; disturbed backups: %s; disks of the next backup: %s%n",
        ROUNDS, SEED, ends, reads);
    assertThat(ends.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(ROUNDS);
  }

  private void round(Stage stage, QemuMachine machine, Disaster disaster, Random random) {
    guestWrites(machine, random, 4);
    Map<String, DiskModel> instant = machine.content();

    faults.set(disaster.server(random));
    RunningQmpbs backup = stage.startBackup(machine);
    disaster.strike(backup, machine, random);
    if (machine.isRunning()) {
      writeAfterTheInstant(machine, backup, random);
    }
    Outcome outcome = backup.await();
    faults.set(Faults.NONE);
    ends.merge(disaster + " -> " + outcome.exitCode(), 1, Integer::sum);
    if (!machine.isRunning()) {
      machine.start();
    }
    machine.assertUnharmed();
    assertThat(outcome.exitCode()).as("a bug: %s", outcome).isNotEqualTo(1);
    if (outcome.exitCode() == 0) {
      stage.assertRestores(outcome.snapshot(), machine, instant);
    }

    guestWrites(machine, random, 2);
    Map<String, DiskModel> next = machine.content();
    Outcome healthy = stage.backup(machine);
    for (JsonNode disk : healthy.summary().get("disks")) {
      String plan = disk.get("plan").asText();
      reads.merge(plan.equals("full-read") ? disk.get("reason").asText() : plan, 1, Integer::sum);
    }
    stage.assertRestores(healthy.snapshot(), machine, next);
  }

  /** Only once the instant is taken: what it has to contain stays known. */
  private static void writeAfterTheInstant(
      QemuMachine machine, RunningQmpbs backup, Random random) {
    while (backup.isAlive() && !Stage.instantIsTaken(machine)) {
      Thread.onSpinWait();
    }
    guestWrites(machine, random, 3);
  }

  private static void guestWrites(QemuMachine machine, Random random, int times) {
    for (MachineDisk disk : machine.disks()) {
      for (int i = 0; i < times; i++) {
        int length = 512 * (1 + random.nextInt(600));
        long offset = 512L * random.nextInt((int) ((disk.model().size() - length) / 512));
        if (random.nextInt(5) == 0) {
          disk.writeZeroes(offset, length);
        } else {
          disk.write(offset, length);
        }
      }
    }
  }
}
