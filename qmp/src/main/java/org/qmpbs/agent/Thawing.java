package org.qmpbs.agent;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Thaws what a process that is dead, or has given up, may have frozen, and does not take one failed
 * attempt for an answer: the agent may still be busy with the freezing, the machine may be paused,
 * or another process of ours may be connected for the same purpose.
 */
public final class Thawing {
  /**
   * For one attempt to reach the agent; short, because one that waits behind another connection has
   * to connect anew to be heard.
   */
  static final Duration SYNC = Duration.ofSeconds(3);

  /** Thawing runs the guest's hooks; a database may take its time. */
  public static final Duration THAW = Duration.ofSeconds(20);

  private static final Duration PAUSE = Duration.ofMillis(200);

  /** What became of it. */
  public enum Result {
    /** Something was frozen and is not any more. */
    THAWED,
    /** The agent says that nothing is frozen. */
    NOTHING_FROZEN,
    /** Nobody listens: the machine has ended, and whatever was frozen in it. */
    NO_MACHINE
  }

  private Thawing() {}

  /**
   * Asks for the status, and thaws if something is frozen, until that is settled.
   *
   * @param patience after which the last failure is thrown; zero for a single attempt
   */
  public static Result of(Path socket, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return attempt(socket);
      } catch (AgentUnreachableException e) {
        if (e.nobodyThere()) {
          return Result.NO_MACHINE;
        }
        throw e;
      } catch (AgentException e) {
        if (System.nanoTime() - deadline >= 0) {
          throw e;
        }
        pause();
      }
    }
  }

  private static Result attempt(Path socket) throws IOException {
    try (GuestAgent agent = GuestAgent.connect(socket, SYNC)) {
      if (!agent.isFrozen()) {
        return Result.NOTHING_FROZEN;
      }
      try {
        agent.thaw(THAW);
      } catch (AgentRefusedException e) {
        // Windows thaws by itself, and its agent says so by an error; then this is the end of it.
        if (agent.isFrozen()) {
          throw e;
        }
      }
      return Result.THAWED;
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while thawing");
    }
  }
}
