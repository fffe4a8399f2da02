package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A write of our own to the scratch storage every second. QEMU does not say that a write of its own
 * hangs; ours hangs with it, in a thread that has nothing else to do, and everybody else sees since
 * when. Safe for use by several threads.
 */
final class ScratchPulse {
  private static final long NONE = Long.MIN_VALUE;

  private final ScratchStorage.Trial trial;
  private final RunDirectory directory;
  private final LongSupplier nanos;
  private final AtomicLong begun = new AtomicLong(NONE);
  private final AtomicLong used = new AtomicLong();
  private volatile long room = Long.MAX_VALUE;
  private volatile @Nullable IOException trouble;

  ScratchPulse(ScratchStorage storage, RunDirectory directory, LongSupplier nanos)
      throws IOException {
    this.trial = storage.open(directory.path());
    this.directory = directory;
    this.nanos = nanos;
  }

  /** One beat; hangs as long as the storage does. */
  void beat() {
    begun.set(nanos.getAsLong());
    try {
      trial.write();
      room = trial.room();
      used.accumulateAndGet(directory.scratchBytes(), Math::max);
    } catch (IOException e) {
      trouble = e;
    } finally {
      begun.set(NONE);
    }
  }

  /** How long the beat that is under way takes already; zero between two beats. */
  Duration waiting() {
    long since = begun.get();
    return since == NONE ? Duration.ZERO : Duration.ofNanos(nanos.getAsLong() - since);
  }

  /** Bytes that were left at the last beat. */
  long room() {
    return room;
  }

  /** The most bytes that the scratch files had. */
  long used() {
    return used.get();
  }

  /** The last error of a write, or null. An error is an answer too: the storage does not hang. */
  @Nullable IOException trouble() {
    return trouble;
  }

  Path path() {
    return directory.path();
  }

  /** Not while a beat is under way. */
  void close() throws IOException {
    trial.close();
  }
}
