package org.qmpbs.client.backup;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.pbs.ForgedManifestException;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.UnsignedManifestException;
import org.qmpbs.pbs.WrongKeyException;

/**
 * Removes checkpoints that are of no more use. The server builds on the last snapshot of a group
 * only, so every older checkpoint is useless, and all are once there is a backup. Nothing of this
 * can fail a backup: what stays is no danger, because nothing takes it for one.
 *
 * <p>What was sent long ago is kept by its indexes only. A server's garbage collection may list all
 * indexes, meet one checkpoint no more and its successor not yet, and delete what both refer to if
 * nobody has used it for a day. So while chunks of that age can be among them, none is removed: the
 * second backup afterwards does it, when the first one has kept them for long.
 */
final class Checkpoints {
  /** A session that has ended, or a reader, lets go of a snapshot within that many pauses. */
  private static final int ATTEMPTS = 5;

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /**
   * Garbage collection spares what was used within 24 hours and 5 minutes before it began
   * (proxmox-backup, chunk_store.rs); it may have begun some hours ago.
   */
  private static final Duration SAFE = Duration.ofHours(16);

  private final BackupEnvironment environment;
  private final Namespace namespace;
  private final ReadKey key;
  private final Set<Snapshot> useless = new LinkedHashSet<>();
  private final Set<Snapshot> ownWork = new LinkedHashSet<>();
  private final Set<Snapshot> gone = new LinkedHashSet<>();
  private long since;
  private boolean settled;
  private boolean refused;

  /**
   * @param key that reads their records; what it does not open is left alone
   */
  Checkpoints(BackupEnvironment environment, Namespace namespace, ReadKey key) {
    this.environment = environment;
    this.namespace = namespace;
    this.key = key;
    this.since = now();
  }

  /** In seconds since 1970. */
  long now() {
    return environment.clock().instant().getEpochSecond();
  }

  /** This run goes on from a checkpoint, and may refer to whatever that refers to. */
  void goOnFrom(Snapshot checkpoint) {
    try {
      since = Math.min(since, sentOf(checkpoint).first());
    } catch (WrongKeyException | UnsignedManifestException | ForgedManifestException e) {
      environment
          .progress()
          .note("nothing of " + checkpoint + " is used, how old it may be: " + e.getMessage());
    } catch (IOException e) {
      since = 0;
      environment
          .progress()
          .note("how old " + checkpoint + " is cannot be read, so it is kept: " + e.getMessage());
    }
  }

  /** When the first chunk was sent that this run's checkpoints may refer to. */
  long since() {
    return since;
  }

  /**
   * There has been a backup since before the last one: it has kept its chunks by itself for long.
   */
  void backupIsSettled() {
    settled = true;
  }

  private boolean mayHoldOldChunks() {
    return now() - since > SAFE.toSeconds();
  }

  /** This run wrote it. */
  void wrote(Snapshot checkpoint) {
    ownWork.add(checkpoint);
  }

  /** There is a backup: what this run wrote on the way is of no more use. */
  void supersedeOwn() {
    ownWork.forEach(this::supersede);
  }

  /** It is of no more use. */
  void supersede(Snapshot checkpoint) {
    if (!gone.contains(checkpoint)) {
      useless.add(checkpoint);
    }
  }

  /** How many stay because we have not the right to remove them. */
  int kept() {
    return refused ? useless.size() : 0;
  }

  /** Tries once, during an upload; what does not go now goes later. */
  void forgetSome() {
    if (mayHoldOldChunks()) {
      return;
    }
    for (Snapshot checkpoint : List.copyOf(useless)) {
      if (refused) {
        return;
      }
      try {
        forget(checkpoint);
      } catch (IOException e) {
        environment.progress().note("cannot remove " + checkpoint + " yet: " + e.getMessage());
      }
    }
  }

  /** Tries hard, after the backup. */
  void forgetAll(Consumer<String> warn) {
    if (mayHoldOldChunks() && !useless.isEmpty()) {
      environment
          .progress()
          .note(
              "the upload took long, so its "
                  + useless.size()
                  + " checkpoints stay for now: they keep its chunks from garbage collection. The"
                  + " second backup after this one removes them");
      return;
    }
    for (Snapshot checkpoint : List.copyOf(useless)) {
      try {
        forgetPatiently(checkpoint);
      } catch (WrongKeyException | UnsignedManifestException | ForgedManifestException e) {
        warn.accept(
            "checkpoint "
                + checkpoint
                + " of a first upload is left alone, for this backup's key does not prove that it is"
                + " one: "
                + e.getMessage());
        useless.remove(checkpoint);
      } catch (IOException e) {
        if (!refused) {
          warn.accept(
              "checkpoint "
                  + checkpoint
                  + " of the first upload is not needed any more, but could not be removed; the next"
                  + " backup tries again: "
                  + e.getMessage());
          useless.remove(checkpoint);
        }
      }
    }
    if (!useless.isEmpty()) {
      warn.accept(
          "the server lets this token remove no snapshots, so what is left of the first upload stays: "
              + useless.stream().map(Snapshot::toString).collect(Collectors.joining(", "))
              + "; these are no backups and take hardly any room. Remove them as an administrator"
              + " (qmpbs forget SNAPSHOT), or give the token the role"
              + " DatastorePowerUser: then the next backup does it");
    }
  }

  private void forgetPatiently(Snapshot checkpoint) throws IOException {
    for (int i = 1; ; i++) {
      try {
        forget(checkpoint);
        return;
      } catch (PbsException e) {
        if (i == ATTEMPTS || e.problem() != ServerProblem.LOCKED) {
          throw e;
        }
        environment.sleep(PAUSE);
      }
    }
  }

  private void forget(Snapshot checkpoint) throws IOException {
    try {
      if (!ownWork.contains(checkpoint) && !isOursAndUseless(checkpoint)) {
        useless.remove(checkpoint);
        environment.progress().note("checkpoint " + checkpoint + " stays until the next backup");
        return;
      }
      environment.server().forget(namespace, checkpoint);
      environment.progress().note("removed checkpoint " + checkpoint);
    } catch (PbsException e) {
      if (e.problem() == ServerProblem.PERMISSION) {
        refused = true;
      }
      if (e.problem() != ServerProblem.NOT_FOUND) {
        throw e;
      }
    }
    useless.remove(checkpoint);
    gone.add(checkpoint);
  }

  /** The list showed a file of the right name; this one says that the file is what it seems. */
  private boolean isOursAndUseless(Snapshot checkpoint) throws IOException {
    CheckpointRecord.Sent sent = sentOf(checkpoint);
    if (!settled && sent.last() - sent.first() > SAFE.toSeconds()) {
      return false;
    }
    ownWork.add(checkpoint);
    return true;
  }

  private CheckpointRecord.Sent sentOf(Snapshot checkpoint) throws IOException {
    try (ReaderSession reader = environment.server().startReader(namespace, checkpoint, key)) {
      return CheckpointRecord.sentOf(reader.blob(reader.manifest(), UnfinishedUpload.RECORD_NAME));
    }
  }
}
