package org.qmpbs.client.retry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.qmpbs.client.output.Durations;
import org.qmpbs.client.progress.Progress;

/**
 * Calls that only read, for commands that look at a server: a failure that passes by itself is
 * waited out. Used by one thread; interrupting it ends the wait.
 */
public final class PatientReads {
  private final Retries retries;
  private final Progress progress;
  private final RandomGenerator random;
  private boolean isReached;
  private int used;

  /** All calls together may use up {@code retries}. */
  public PatientReads(Retries retries, Progress progress, RandomGenerator random) {
    this.retries = retries;
    this.progress = progress;
    this.random = random;
  }

  /** Something that changes nothing and may be done again. */
  public interface Read<T> {
    /** Does it. */
    T read() throws IOException;
  }

  /** Reads until there is an answer, or a failure that will not pass. */
  public <T> T call(Read<T> read) throws IOException {
    while (true) {
      try {
        T answer = read.read();
        isReached = true;
        return answer;
      } catch (IOException e) {
        if (used == retries.times() || !Setback.isTransient(e, isReached)) {
          throw e;
        }
        used++;
        pauseAfter(e);
      }
    }
  }

  private void pauseAfter(IOException failure) throws InterruptedIOException {
    Duration pause = retries.pause(used, random);
    progress.warn(
        "no connection: "
            + Setback.line(failure)
            + "; trying again in "
            + Durations.format(pause)
            + " (retry "
            + used
            + " of "
            + retries.times()
            + ")");
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted in a pause");
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
