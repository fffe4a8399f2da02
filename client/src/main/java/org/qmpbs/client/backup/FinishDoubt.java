package org.qmpbs.client.backup;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.client.retry.Setback;
import org.qmpbs.pbs.ForgedManifestException;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.UnsignedManifestException;
import org.qmpbs.pbs.WrongKeyException;

/**
 * Finds out whether a snapshot exists whose end got no answer. The server may still be at it, or at
 * removing it, so it is asked several times: a "no" counts when it was said twice, a "yes" when the
 * snapshot can be read and records exactly what this run wrote. A server that is away, as for a
 * restart, is asked after the pauses of the retries, too: after a backup's end the guest no longer
 * waits for anything. (After a checkpoint's the instant still stands, and is still watched.)
 */
final class FinishDoubt {
  private static final int ATTEMPTS = 6;
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final BackupEnvironment environment;
  private final Namespace namespace;
  private final Snapshot snapshot;
  private final ReadKey key;
  private final String recordName;
  private final byte[] written;
  private final Retries retries;

  /**
   * About one snapshot.
   *
   * @param key that it is signed with
   * @param recordName the blob that makes it ours
   * @param written what that has to hold
   */
  FinishDoubt(
      BackupEnvironment environment,
      Namespace namespace,
      Snapshot snapshot,
      ReadKey key,
      String recordName,
      byte[] written,
      Retries retries) {
    this.environment = environment;
    this.namespace = namespace;
    this.snapshot = snapshot;
    this.key = key;
    this.recordName = recordName;
    this.written = written;
    this.retries = retries;
  }

  /**
   * Asks.
   *
   * @throws IOException if no answer could be had
   */
  boolean snapshotExists() throws IOException {
    @Nullable IOException last = null;
    boolean absentBefore = false;
    for (int i = 0; i < ATTEMPTS || (i < ATTEMPTS + retries.times() && isAway(last)); i++) {
      if (i > 0) {
        environment.sleep(
            i < ATTEMPTS ? PAUSE : retries.pause(i - ATTEMPTS + 1, environment.random()));
      }
      try {
        boolean listed = isListed();
        if (listed) {
          return isOurs();
        }
        if (absentBefore) {
          return false;
        }
        absentBefore = true;
      } catch (IOException e) {
        absentBefore = false;
        last = e;
      }
    }
    throw last == null ? new IOException("the server's answers contradict each other") : last;
  }

  private static boolean isAway(@Nullable IOException failure) {
    return failure != null && Setback.isTransient(failure, true);
  }

  private boolean isListed() throws IOException {
    return environment.server().snapshots(namespace, Optional.of(snapshot.group())).stream()
        .anyMatch(info -> info.snapshot().equals(snapshot));
  }

  private boolean isOurs() throws IOException {
    try (ReaderSession reader = environment.server().startReader(namespace, snapshot, key)) {
      Manifest manifest = reader.manifest();
      return Arrays.equals(reader.blob(manifest, recordName), written);
    } catch (WrongKeyException | UnsignedManifestException | ForgedManifestException e) {
      environment
          .progress()
          .note(snapshot + " exists, but it is not what this run wrote: " + e.getMessage());
      return false;
    }
  }
}
