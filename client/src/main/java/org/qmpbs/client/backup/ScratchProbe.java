package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Tries storage before anything depends on it. The trial has a thread of its own, because a write
 * to storage that hangs cannot be called back: that thread is then given up, and the caller goes
 * on.
 */
final class ScratchProbe {
  /** Enough that one late write does not decide alone. */
  private static final int WRITES = 8;

  /**
   * For a write in the mean; more is worth a doubt. A disk that turns takes 10 to 50 ms for block
   * and flush. 32 requests of a guest that wait in line, as many as a SATA disk has, would wait 3 s
   * here, a tenth of what Linux allows.
   */
  private static final Duration DOUBTFUL = Duration.ofMillis(100);

  /** For all writes: more than 1 s each, and the last of 32 requests in line is lost after 30 s. */
  static final Duration HOPELESS = Duration.ofSeconds(10);

  /**
   * File systems that end at another machine or in another process, both of which may go away: a
   * write then waits until they are back. (Names as of /proc/mounts; FUSE's begin with "fuse.".)
   */
  private static final Pattern REMOTE =
      Pattern.compile(
          "nfs4?|cifs|smb[23]?|smbfs|9p|virtiofs|ceph|afs|coda|glusterfs|lustre|gfs2|ocfs2|fuse(blk|\\..*)?");

  private ScratchProbe() {}

  /**
   * Measures.
   *
   * @return why writes to this storage might take very long, or empty if nothing speaks for that
   * @throws ScratchException if it cannot be used at all
   */
  static Optional<String> doubts(ScratchStorage storage, Path directory) throws ScratchException {
    return doubts(storage, directory, HOPELESS);
  }

  static Optional<String> doubts(ScratchStorage storage, Path directory, Duration limit)
      throws ScratchException {
    CompletableFuture<Speed> speed = inBackground(() -> measure(storage, directory));
    try {
      return speed.get(limit.toNanos(), TimeUnit.NANOSECONDS).doubt(directory);
    } catch (TimeoutException e) {
      throw new ScratchException(
          "the scratch directory "
              + directory
              + " did not take "
              + WRITES
              + " blocks of 64 KiB within "
              + limit.toSeconds()
              + " s: writes of the guest would wait for it. The machine was not touched",
          "Name a directory on a fast local disk with --scratch.",
          null);
    } catch (ExecutionException e) {
      throw new ScratchException(
          "the scratch directory " + directory + " takes no data: " + e.getCause(),
          "See that it exists, that this user may write there and that it has room, or name another"
              + " one with --scratch.",
          e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(directory);
    }
  }

  /**
   * Refuses to go on while storage that QEMU has open hangs.
   *
   * @throws ScratchException if it does not answer; an error is an answer
   */
  static void requireAnswer(ScratchStorage storage, Set<Path> directories, Duration limit)
      throws ScratchException {
    for (Path directory : directories) {
      CompletableFuture<Speed> answer = inBackground(() -> measure(storage, directory));
      try {
        answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        throw new ScratchException(
            "the scratch directory "
                + directory
                + " of an earlier backup does not answer. Taking that backup out of QEMU now would"
                + " make the whole machine wait for it",
            "Bring that storage back, then run this again.",
            null);
      } catch (ExecutionException gone) {
        // Removed, full or broken: that is an answer, and nothing in QEMU waits for it.
      } catch (InterruptedException e) {
        throw interrupted(directory);
      }
    }
  }

  private static Speed measure(ScratchStorage storage, Path directory) throws IOException {
    try (ScratchStorage.Trial trial = storage.open(directory)) {
      String type = trial.type();
      long start = System.nanoTime();
      for (int i = 0; i < WRITES; i++) {
        trial.write();
      }
      return new Speed(type, Duration.ofNanos(System.nanoTime() - start).dividedBy(WRITES));
    }
  }

  private record Speed(String type, Duration mean) {
    Optional<String> doubt(Path directory) {
      if (REMOTE.matcher(type).matches()) {
        return Optional.of(
            "the scratch directory " + directory + " is on " + type + ", which may stall");
      }
      if (mean.compareTo(DOUBTFUL) > 0) {
        return Optional.of(
            "the scratch directory "
                + directory
                + " takes "
                + mean.toMillis()
                + " ms to store 64 KiB (a fast disk: below "
                + DOUBTFUL.toMillis()
                + ")");
      }
      return Optional.empty();
    }
  }

  private interface Trying {
    Speed run() throws IOException;
  }

  private static CompletableFuture<Speed> inBackground(Trying trying) {
    CompletableFuture<Speed> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(trying.run());
              } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            },
            "qmpbs-scratch-probe");
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  private static ScratchException interrupted(Path directory) {
    Thread.currentThread().interrupt();
    return new ScratchException(
        "interrupted while " + directory + " was tried", "Start the backup again.", null);
  }
}
