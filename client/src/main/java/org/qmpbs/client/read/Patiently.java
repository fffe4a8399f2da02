package org.qmpbs.client.read;

import java.io.IOException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.qmpbs.client.output.Durations;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.client.retry.Setback;

/**
 * The patience of one job with its server. A failure that passes by itself uses up one of the
 * retries; after an answer all of them are there again. So a job ends when the server stays away,
 * not when a line is bad for a whole night. Thread-safe; holds no lock while it waits.
 */
public final class Patiently {
  private final Retries retries;
  private final JobStop stop;
  private final Progress progress;
  private final RandomGenerator random;
  private boolean isReached;
  private int inVain;
  private int total;

  /** Waits by {@code stop}'s clock, so that nobody waits for a job that is stopped. */
  public Patiently(Retries retries, JobStop stop, Progress progress, RandomGenerator random) {
    this.retries = retries;
    this.stop = stop;
    this.progress = progress;
    this.random = random;
  }

  /** Something that reads and may be done again. */
  public interface Call<T> {
    /** Makes the call. */
    T make() throws IOException;
  }

  /** Makes a call until it is answered or may not be made again. */
  public <T> T call(Call<T> call) throws IOException {
    while (true) {
      try {
        T answer = call.make();
        answered();
        return answer;
      } catch (IOException e) {
        pauseAfter(e);
      }
    }
  }

  /** The server has given something. */
  synchronized void answered() {
    isReached = true;
    inVain = 0;
  }

  /** Whether {@code failure} passes by itself. */
  synchronized boolean isTransient(IOException failure) {
    return Setback.isTransient(failure, isReached);
  }

  /** Waits before the next try; throws {@code failure} if there is none. */
  void pauseAfter(IOException failure) throws IOException {
    stop.check();
    int number;
    synchronized (this) {
      if (inVain == retries.times() || !isTransient(failure)) {
        throw failure;
      }
      number = ++inVain;
      total++;
    }
    Duration pause = retries.pause(number, random);
    progress.warn(
        "no connection: "
            + Setback.line(failure)
            + "; what is done already stays; trying again in "
            + Durations.format(pause)
            + " (retry "
            + number
            + " of "
            + retries.times()
            + ")");
    try {
      stop.sleep(pause);
    } catch (InterruptedException e) {
      throw stop.interrupted(e);
    }
    stop.check();
  }

  JobStoppedException interrupted(InterruptedException cause) {
    return stop.interrupted(cause);
  }

  /** How often it was waited. */
  public synchronized int total() {
    return total;
  }
}
