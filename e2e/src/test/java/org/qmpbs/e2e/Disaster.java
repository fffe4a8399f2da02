package org.qmpbs.e2e;

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
  /** {@code kill -9} of the client. */
  CLIENT_KILLED {
    @Override
    void strike(RunningQmpbs backup, QemuMachine machine, RandomGenerator random) {
      pause(random);
      backup.kill();
    }
  },
  /** The client is asked to end. */
  CLIENT_TERMINATED {
    @Override
    void strike(RunningQmpbs backup, QemuMachine machine, RandomGenerator random) {
      pause(random);
      backup.terminate();
    }
  },
  /** {@code kill -9} of QEMU: a power failure for machine and bitmaps. */
  MACHINE_KILLED {
    @Override
    void strike(RunningQmpbs backup, QemuMachine machine, RandomGenerator random) {
      pause(random);
      machine.kill();
    }
  },
  /** The machine is shut down properly in the middle of the backup. */
  MACHINE_ENDS {
    @Override
    void strike(RunningQmpbs backup, QemuMachine machine, RandomGenerator random) {
      pause(random);
      machine.terminate();
    }
  };

  /** A backup of the soak makes about that many calls. */
  private static final int CALLS = 24;

  /** From the first class loaded to well after the end of a backup of the soak. */
  private static final int LONGEST_PAUSE_MILLIS = 4000;

  /** What the server does wrong during the backup. */
  Faults server(RandomGenerator random) {
    return Faults.NONE;
  }

  /** What happens on the host during the backup; may end the client, the machine or nothing. */
  void strike(RunningQmpbs backup, QemuMachine machine, RandomGenerator random) {}

  private static Faults at(RandomGenerator random, Fault fault) {
    int chosen = random.nextInt(CALLS);
    AtomicInteger number = new AtomicInteger();
    return call -> number.getAndIncrement() == chosen ? fault : new Fault.None();
  }

  private static boolean isEnd(Call call) {
    return call.path().equals("/finish");
  }

  private static void pause(RandomGenerator random) {
    try {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
  }
}
