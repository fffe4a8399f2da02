package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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

  private static final int DONE = 0;
  private static final int AUDIT_FAILED = 15;

  /** Exit codes with which there is a snapshot; 13 means that something was left behind. */
  private static final Set<Integer> GOOD = Set.of(DONE, 13, AUDIT_FAILED);

  /** Rounds before it are drawn and left out: a failure far on may not need those before it. */
  private static final int FIRST = Integer.getInteger("qmpbs.soak.first", 0);

  /** A round in this many begins with an interlude. */
  private static final int INTERLUDES = 2;

  @TempDir Path folder;

  private final AtomicReference<Faults> faults = new AtomicReference<>(Faults.NONE);
  private final SoakReport report = new SoakReport();

  @Test
  void whateverHappensNoByteIsWrongNothingStaysAndTheGuestIsUnharmed() {
    try (TestServer server =
            TestServer.failing(folder.resolve("server"), call -> faults.get().before(call));
        QemuMachine machine =
            QemuMachine.in(folder)
                .disk(DiskPlan.of("alpha", ImageFormat.QCOW2, 48 * MIB))
                .disk(DiskPlan.of("beta", ImageFormat.QCOW2, 30 * MIB + 4096).on(Bus.SCSI))
                .disk(DiskPlan.of("gamma", ImageFormat.RAW, 13 * MIB).on(Bus.IDE))
                .start();
        SoakGround ground = new SoakGround(folder, server, machine)) {
      String version = machine.monitor().execute("query-version").get("qemu").toString();
      Random random = new Random(SEED);
      try {
        for (int number = 0; number < ROUNDS; number++) {
          Round round = Round.draw(number, random);
          if (number >= FIRST) {
            play(round, ground);
          }
        }
      } finally {
        report.print(System.out, "Seed " + SEED + ", QEMU " + version);
      }
    }
    assertThat(report.disturbedBackups()).isEqualTo(ROUNDS - FIRST);
  }

  /**
   * What a round will be.
   *
   * @param seed of everything in it
   */
  private record Round(int number, Interlude interlude, Disaster disaster, long seed) {
    static Round draw(int number, Random random) {
      boolean quiet = random.nextInt(INTERLUDES) > 0;
      Interlude interlude = any(Interlude.values(), random);
      Disaster disaster = any(Disaster.values(), random);
      return new Round(number, quiet ? Interlude.NONE : interlude, disaster, random.nextLong());
    }

    private static <T> T any(T[] values, Random random) {
      return values[random.nextInt(values.length)];
    }
  }

  private void play(Round round, SoakGround ground) {
    // Whoever waits sees where it is, and whoever finds it dead, too.
    System.out.printf("%tT %s%n", System.currentTimeMillis(), round);
    try {
      disturb(round, ground);
      recoverFrom(round, ground);
      ground.tidyServer();
      report.roundDone();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + SEED + ", " + round + " failed", e);
    }
  }

  /** A backup that something happens before, and something during. */
  private void disturb(Round round, SoakGround ground) {
    Random random = new Random(round.seed());
    QemuMachine machine = ground.machine();
    ground.guestWrites(random, 4);
    round.interlude().happen(ground, random);
    Map<String, DiskModel> instant = machine.content();

    faults.set(round.disaster().server(random));
    RunningQmpbs backup =
        ground
            .stage()
            .startBackup(machine, round.disaster().scratch(ground), options(round.interlude()));
    round.disaster().strike(backup, ground, random);
    if (machine.isRunning()) {
      // Only once the instant is taken: what it has to contain stays known.
      Disaster.awaitInstant(backup, machine);
      ground.guestWrites(random, 3);
    }
    Outcome outcome = backup.await();
    faults.set(Faults.NONE);
    report.disturbed(round.disaster(), outcome.exitCode());
    if (!machine.isRunning()) {
      machine.start();
    }
    Pauses.awaitRunning(machine);
    machine.assertUnharmed();
    report.paused(round.disaster(), Pauses.longest(machine.monitor().drainEvents()));
    assertThat(outcome.exitCode()).as("a bug: %s", outcome).isNotEqualTo(1);
    if (GOOD.contains(outcome.exitCode())) {
      report.read(round.interlude(), outcome.summary());
      assertRestores(ground, outcome, instant);
    }
  }

  /** The next backup, which nothing disturbs. */
  private void recoverFrom(Round round, SoakGround ground) {
    QemuMachine machine = ground.machine();
    ground.guestWrites(new Random(~round.seed()), 2);
    Map<String, DiskModel> content = machine.content();
    String[] options = options(round.interlude());
    Outcome healthy = ground.stage().tryBackup(machine, options);
    assertThat(healthy.exitCode())
        .as("%s", healthy)
        .isIn(options.length == 0 ? Set.of(DONE) : Set.of(DONE, AUDIT_FAILED));
    Debris.assertNoneIn(machine, ground.stage().scratch(), 1);
    report.read(round.interlude(), healthy.summary());
    assertRestores(ground, healthy, content);
  }

  private static String[] options(Interlude interlude) {
    return interlude.options().toArray(String[]::new);
  }

  private void assertRestores(SoakGround ground, Outcome outcome, Map<String, DiskModel> content) {
    ground.stage().assertRestores(outcome.snapshot(), ground.machine(), content);
    report.restored(content);
  }
}
