package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.MachineInstant;
import org.qmpbs.machine.ScratchFiles;

/**
 * Looks after the scratch files while a point in time is taken and read: ends the backup when they
 * stall or the guest has to wait, and then holds the dismantling back until the storage answers.
 *
 * <p>The latter is what matters most. Nearly everything that takes a point in time apart makes QEMU
 * wait, in its main loop, for all requests that are under way, those to the scratch files included
 * (docs/qemu.md). While the storage hangs, the guest goes on, but for writes that wait for it; one
 * {@code block-export-del} would stop the whole machine until the storage is back. So {@link
 * #close} waits until a write that was begun after everything else has ended.
 *
 * <p>Three threads, because each of these may hang by itself: our own write, a question to QEMU,
 * and (never) the one that looks at the clock.
 */
final class ScratchWatch implements AutoCloseable {
  /** Room at which a line is worth it; the point in time breaks when there is none. */
  private static final List<Long> LOW_ROOM = List.of(1L << 30, 128L << 20);

  /** Questions are answered in milliseconds; one that is not changes nothing any more. */
  private static final Duration END = Duration.ofSeconds(10);

  private final ScratchCare.Pace pace;
  private final CancellationToken token;
  private final Progress progress;
  private final LongSupplier nanos;
  private final ScratchPulse pulse;
  private final Rounds beats;
  private final Rounds looks;
  private final Rounds questions;
  private final AtomicBoolean over = new AtomicBoolean();
  private final List<Rounds> running = new ArrayList<>();
  private boolean uneasy;
  private boolean troubled;
  private int lowRoom;
  private @Nullable GuestWatch guest;
  private boolean begun;
  private boolean closed;

  /** Opens what it needs in the run's directory, before the instant. */
  ScratchWatch(ScratchCare care, RunDirectory directory, CancellationToken token, Progress progress)
      throws ScratchException {
    this.pace = care.pace();
    this.token = token;
    this.progress = progress;
    this.nanos = care.nanos();
    try {
      this.pulse = new ScratchPulse(care.storage(), directory, nanos);
    } catch (IOException e) {
      throw new ScratchException(
          "cannot write to the scratch directory " + directory.path() + ": " + e.getMessage(),
          "See that its file system has room, or name another directory with --scratch.",
          e);
    }
    this.beats = new Rounds("qmpbs-scratch-pulse", pace.beat(), pulse::beat);
    this.looks = new Rounds("qmpbs-scratch-watch", pace.beat(), this::look);
    this.questions = new Rounds("qmpbs-guest-watch", pace.beat(), this::ask);
  }

  private void ask() {
    Objects.requireNonNull(guest).look();
  }

  /**
   * Begins to look at the storage, before the instant.
   *
   * @param machine is asked how long the guest's writes take
   * @param copied whether taking the instant lasts as long as a copy of all disks: then the guest
   *     may have to wait meanwhile, too
   */
  void begin(MachinePort machine, List<Disk> disks, boolean copied) {
    guest = new GuestWatch(machine, disks, pace, nanos, this::giveUp);
    begun = true;
    start(looks);
    beats.start();
    if (copied) {
      start(questions);
    }
  }

  private void start(Rounds rounds) {
    running.add(rounds);
    rounds.start();
  }

  /** Files of the run, which QEMU does not let go of while their storage hangs. */
  ScratchFiles guarded(ScratchFiles files) {
    return new ScratchFiles() {
      @Override
      public Path create(String name, long virtualSize) throws IOException {
        return files.create(name, virtualSize);
      }

      @Override
      public void awaitAnswer() throws IOException {
        close();
      }
    };
  }

  /** There is an instant now, which is to be proven from time to time. */
  void witness(MachineInstant instant) {
    Objects.requireNonNull(guest).witness(instant);
    if (!running.contains(questions)) {
      start(questions);
    }
  }

  /** One look at the clock. */
  void look() {
    Duration waiting = pulse.waiting();
    if (waiting.compareTo(pace.stalled()) > 0) {
      giveUp(
          new PointInTimeLostException(
              "the scratch directory "
                  + pulse.path()
                  + " has taken no write for "
                  + waiting.toSeconds()
                  + " s, and the guest's writes may wait for it; the backup was ended. No change is"
                  + " lost for the next one",
              PointInTimeLostException.REMEDY,
              null));
    } else if (waiting.compareTo(pace.uneasy()) > 0 && !uneasy) {
      uneasy = true;
      progress.warn(
          "the scratch directory "
              + pulse.path()
              + " has taken no write for "
              + waiting.toSeconds()
              + " s; the guest's writes may wait for it");
    }
    IOException trouble = pulse.trouble();
    if (trouble != null && !troubled) {
      troubled = true;
      progress.warn("the scratch directory " + pulse.path() + " refuses a write: " + trouble);
    }
    if (lowRoom < LOW_ROOM.size() && pulse.room() < LOW_ROOM.get(lowRoom)) {
      lowRoom++;
      progress.warn(
          "the file system of the scratch directory "
              + pulse.path()
              + " has "
              + (pulse.room() >> 20)
              + " MiB left; when it is full, the backup is lost");
    }
  }

  private void giveUp(PointInTimeLostException why) {
    if (!over.get()) {
      token.cancel(why);
    }
  }

  /** The most bytes that the scratch files had. */
  long used() {
    return pulse.used();
  }

  /**
   * Ends the watch, and waits until the storage answers, however long that takes: only a signal
   * ends it, with the process. Idempotent.
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    over.set(true);
    running.forEach(Rounds::stop);
    running.forEach(rounds -> rounds.join(END));
    if (begun) {
      beats.stopAfterOneMore();
      Duration patience = pace.uneasy();
      while (!beats.join(patience)) {
        progress.warn(
            "the scratch directory "
                + pulse.path()
                + " does not answer, since "
                + pulse.waiting().toSeconds()
                + " s. The point in time stays in QEMU until it does: taking it out now would stop"
                + " the whole machine until then. Bring the storage back; or end this program, and"
                + " the next backup takes it out");
        patience = pace.reminder();
      }
    }
    pulse.close();
  }
}
