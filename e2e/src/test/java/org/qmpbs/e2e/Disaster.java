package org.qmpbs.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.qmpbs.e2e.server.Call;
import org.qmpbs.e2e.server.Fault;
import org.qmpbs.e2e.server.Faults;

/**
 * What goes wrong during one backup. Where and when is drawn from the round's random numbers, so a
 * seed says it all.
 */
enum Disaster {
  /** For comparison. */
  NONE,
  /** The connection breaks at some call. */
  CUT {
    @Override
    Faults server(RandomGenerator random) {
      return at(random, new Fault.Close());
    }
  },
  /** The connection breaks in the middle of a chunk. */
  CUT_IN_CHUNK {
    @Override
    Faults server(RandomGenerator random) {
      return at(random, new Fault.CutUpload(1 + random.nextInt(100_000)));
    }
  },
  /** Some call is done, and its answer never arrives. */
  ANSWER_LOST {
    @Override
    Faults server(RandomGenerator random) {
      return at(random, new Fault.SwallowAnswer());
    }
  },
  /** Some call is refused. */
  REFUSED {
    @Override
    Faults server(RandomGenerator random) {
      return at(random, new Fault.Answer(random.nextBoolean() ? 500 : 503, "out of order"));
    }
  },
  /** The end, of all calls, is done and not answered. */
  END_LOST {
    @Override
    Faults server(RandomGenerator random) {
      return call -> isEnd(call) ? new Fault.SwallowAnswer() : new Fault.None();
    }
  },
  /** The server takes its time. */
  SLOW {
    @Override
    Faults server(RandomGenerator random) {
      return at(random, new Fault.Delay(Duration.ofMillis(200 + random.nextInt(1500))));
    }
  },
  /** Some call hangs, then the connection breaks. */
  STALLED_THEN_CUT {
    @Override
    Faults server(RandomGenerator random) {
      int millis = 500 + random.nextInt(2500);
      Faults cut = at(random, new Fault.Close());
      return call -> {
        Fault fault = cut.before(call);
        if (fault instanceof Fault.Close) {
          sleep(millis);
        }
        return fault;
      };
    }
  },
  /** The scratch folder is too small for what the guest overwrites, or just large enough. */
  SCRATCH_FULL {
    @Override
    Path scratch(SoakGround ground) {
      return ground.smallScratch();
    }

    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      awaitInstant(backup, ground.machine());
      ground.guestWrites(random, 2);
    }
  },
  /** {@code kill -9} of the client. */
  CLIENT_KILLED {
    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      pause(random);
      backup.kill();
    }
  },
  /** The same, and it happens to the next one, too. */
  CLIENT_KILLED_TWICE {
    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      pause(random);
      backup.kill();
      ground.guestWrites(random, 1);
      RunningQmpbs second = ground.stage().startBackup(ground.machine());
      pause(random);
      second.kill();
    }
  },
  /** The owner clears away what a killed client left. */
  CLIENT_KILLED_AND_RECOVERED {
    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      pause(random);
      backup.kill();
      Interlude.recover(ground);
    }
  },
  /** The client is asked to end. */
  CLIENT_TERMINATED {
    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      pause(random);
      backup.terminate();
    }
  },
  /** {@code kill -9} of QEMU: a power failure for machine and bitmaps. */
  MACHINE_KILLED {
    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      pause(random);
      ground.machine().kill();
    }
  },
  /** The machine is shut down properly in the middle of the backup. */
  MACHINE_ENDS {
    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      pause(random);
      ground.machine().terminate();
    }
  },
  /** The snapshot that the increment builds on is removed. */
  BASE_REMOVED {
    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      pause(random);
      ground.tryForgetLast();
    }
  },
  /** Somebody asks for another size of a disk, which QEMU may refuse. */
  RESIZED {
    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      awaitInstant(backup, ground.machine());
      MachineDisk disk = ground.anyDisk(random);
      long size = disk.model().size();
      disk.tryResize(
          random.nextBoolean()
              ? SoakGround.smallerSize(random, size)
              : SoakGround.anySize(random, size, SoakGround.limit() + 512));
    }
  },
  /** Somebody removes a disk's bitmaps, the new one included. */
  BITMAP_REMOVED {
    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      awaitInstant(backup, ground.machine());
      ground.toBitmaps("block-dirty-bitmap-remove", ground.anyDisk(random));
    }
  },
  /** Somebody ends what data is read from. */
  EXPORT_REMOVED {
    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      awaitInstant(backup, ground.machine());
      ground.removeExport(random);
    }
  },
  /** Somebody ends all jobs, ours too; there are some where QEMU has the strategy with jobs. */
  JOBS_CANCELLED {
    @Override
    void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {
      awaitInstant(backup, ground.machine());
      ground.cancelJobs();
    }
  };

  /** A backup of the soak makes about that many calls. */
  private static final int CALLS = 36;

  /** From the first class loaded to well after the end of a backup of the soak. */
  private static final int LONGEST_PAUSE_MILLIS = 4000;

  /** Where the backup keeps what the guest overwrites. */
  Path scratch(SoakGround ground) {
    return ground.stage().scratch();
  }

  /** What the server does wrong during the backup. */
  Faults server(RandomGenerator random) {
    return Faults.NONE;
  }

  /** What happens on the host during the backup; may end the client, the machine or nothing. */
  void strike(RunningQmpbs backup, SoakGround ground, RandomGenerator random) {}

  private static Faults at(RandomGenerator random, Fault fault) {
    int chosen = random.nextInt(CALLS);
    AtomicInteger number = new AtomicInteger();
    return call -> number.getAndIncrement() == chosen ? fault : new Fault.None();
  }

  private static boolean isEnd(Call call) {
    return call.path().equals("/finish");
  }

  /** Returns when the backup can be read from, or has ended. */
  static void awaitInstant(RunningQmpbs backup, QemuMachine machine) {
    while (backup.isAlive() && !Stage.instantIsTaken(machine)) {
      sleep(1);
    }
  }

  private static void pause(RandomGenerator random) {
    sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
  }

  private static void sleep(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
  }
}
