package org.qmpbs.client.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.Namespace;

/**
 * What the user asked for.
 *
 * @param qmpSocket monitor of the machine
 * @param namespace where the group lives
 * @param group type and id
 * @param backupTime seconds since 1970, or empty for now
 * @param disks only these, with their archive names; empty for all
 * @param excluded names of disks to leave out
 * @param scratchDirectory where the guest's overwritten data is kept during the backup, or null for
 *     the default
 * @param rate most bytes a second to send, or empty
 * @param deadline for the whole job
 * @param forceFullRead read everything even where a bitmap could be trusted
 * @param auditPercent of the chunks that a trusted bitmap calls clean, to be read and compared all
 *     the same; 0 for none
 * @param patience with a connection that breaks, and with a group that is locked
 * @param checkpoints when a first upload keeps what was sent so far
 * @param freeze what is done about the guest's file systems
 * @param keys how the snapshot is encrypted and signed
 */
public record BackupRequest(
    Path qmpSocket,
    Namespace namespace,
    BackupGroup group,
    OptionalLong backupTime,
    List<DiskSelection> disks,
    Set<String> excluded,
    @Nullable Path scratchDirectory,
    OptionalLong rate,
    Duration deadline,
    boolean forceFullRead,
    double auditPercent,
    Patience patience,
    CheckpointPolicy checkpoints,
    FreezeOptions freeze,
    SnapshotKeys keys) {

  /** Keeps copies of the collections. */
  public BackupRequest {
    if (!(auditPercent >= 0 && auditPercent <= 100)) {
      throw new IllegalArgumentException("an audit of " + auditPercent + " percent");
    }
    disks = List.copyOf(disks);
    excluded = Set.copyOf(excluded);
  }

  /** The same, protected. */
  public BackupRequest protectedBy(SnapshotKeys snapshotKeys) {
    return new BackupRequest(
        qmpSocket,
        namespace,
        group,
        backupTime,
        disks,
        excluded,
        scratchDirectory,
        rate,
        deadline,
        forceFullRead,
        auditPercent,
        patience,
        checkpoints,
        freeze,
        snapshotKeys);
  }

  /**
   * {@code --disk NAME[=ARCHIVE]}.
   *
   * @param name qdev id, block device or node name
   * @param archive the archive's name, or null for the default
   */
  public record DiskSelection(String name, @Nullable String archive) {}
}
