package org.qmpbs.client.backup;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.Snapshot;

/**
 * Removes checkpoints that are of no more use. The server builds on the last snapshot of a group
 * only, so every older checkpoint is useless, and all are once there is a backup. Nothing of this
 * can fail a backup: what stays is no danger, because nothing takes it for one.
 */
final class Checkpoints {
  /** A session that has ended, or a reader, lets go of a snapshot within that many pauses. */
  private static final int ATTEMPTS = 5;

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final BackupEnvironment environment;
  private final Namespace namespace;
  private final Set<Snapshot> useless = new LinkedHashSet<>();
  private final Set<Snapshot> ownWork = new LinkedHashSet<>();
  private final Set<Snapshot> gone = new LinkedHashSet<>();
  private boolean refused;

  Checkpoints(BackupEnvironment environment, Namespace namespace) {
    this.environment = environment;
    this.namespace = namespace;
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
    for (Snapshot checkpoint : List.copyOf(useless)) {
      try {
        forgetPatiently(checkpoint);
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
              + " (proxmox-backup-client snapshot forget SNAPSHOT), or give the token the role"
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
      if (!ownWork.contains(checkpoint)) {
        requireOurs(checkpoint);
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
  private void requireOurs(Snapshot checkpoint) throws IOException {
    try (ReaderSession reader = environment.server().startReader(namespace, checkpoint)) {
      CheckpointRecord.require(reader.blob(reader.manifest(), UnfinishedUpload.RECORD_NAME));
    }
    ownWork.add(checkpoint);
  }
}
