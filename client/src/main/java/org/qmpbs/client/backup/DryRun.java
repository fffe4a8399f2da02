package org.qmpbs.client.backup;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.client.backup.BackupSummary.DiskSummary;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.backup.ReadPlan.Incremental;
import org.qmpbs.client.lookup.FinishedSnapshots;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;

/**
 * What a backup would do. It looks with the eyes of the real one, except that it reads the last
 * snapshot through a reader session: a backup session would lock the group and make a snapshot.
 */
final class DryRun {
  private final BackupEnvironment environment;
  private final BackupRequest request;
  private final Protection protection;

  DryRun(BackupEnvironment environment, BackupRequest request) {
    this.environment = environment;
    this.request = request;
    this.protection = request.keys().protection();
  }

  BackupSummary plan() throws IOException {
    Instant start = environment.clock().instant();
    environment.progress().phase("looking at the machine");
    try (Closing closing = new Closing(environment.progress())) {
      MachinePort machine = environment.machines().connect(request.qmpSocket());
      closing.add("the monitor connection", machine);
      MachineLook look = MachineLook.at(machine, request);
      List<String> warnings = new ArrayList<>();
      Optional<MachinePort.Remains> remains = machine.remains();
      if (remains.isPresent()) {
        RemainsSweeper.requireDead(remains.get());
        warnings.add(
            "an earlier run left "
                + remains.get().description()
                + " in QEMU; a backup clears that away first");
        remains.get().requireSafeWithout(look.diskList());
      } else {
        machine.requireSafe(look.diskList());
      }
      BackingFiles backing = BackingFiles.at(machine, look.diskList());
      BitmapStorage storage = BitmapStorage.at(machine, look.diskList(), backing);
      warnings.addAll(storage.warnings());
      warnings.forEach(environment.progress()::warn);
      environment.progress().phase("reading the previous snapshot");
      PreviousBackup previous = readPrevious(look.archives());
      List<String> omissions = Omissions.of(previous, look, request);
      omissions.forEach(environment.progress()::warn);
      warnings.addAll(omissions);
      String target =
          EpochName.targetOf(
              environment.server().repository(), request.namespace(), request.group());
      Planner planner =
          new Planner(
              target,
              request.forceFullRead()
                  ? Optional.of(new FullRead(FullReadReason.REQUESTED, "a full read was asked for"))
                  : Optional.empty(),
              previous,
              backing,
              protection);
      ProtectionChange.announcement(
              look.choice().disks(),
              new Planner(target, Optional.empty(), previous, backing, protection),
              previous)
          .ifPresent(
              line -> {
                environment.progress().warn(line);
                warnings.add(line);
              });
      Snapshot wouldBe =
          new BackupTime(environment, new CancellationToken())
              .wouldBe(request.group(), request.backupTime());
      return new BackupSummary(
          wouldBe,
          previous.snapshot().orElse(null),
          machine.strategy(look.diskList()),
          look.choice().disks().stream()
              .map(disk -> summary(disk, planner.plan(disk), storage))
              .toList(),
          look.skipped(),
          look.choice().excluded(),
          Duration.between(start, environment.clock().instant()),
          0,
          warnings,
          omissions,
          List.of(),
          0,
          FreezeReport.OFF);
    }
  }

  private PreviousBackup readPrevious(List<String> archives) throws IOException {
    Optional<SnapshotInfo> newest =
        FinishedSnapshots.newest(environment.server(), request.namespace(), request.group());
    if (newest.isEmpty()) {
      return new PreviousBackup.None();
    }
    Snapshot snapshot = newest.get().snapshot();
    // The server builds on the last snapshot or on none, never on the one before.
    if (newest.get().failedVerification()) {
      return new PreviousBackup.Unusable(
          "the server does not build on the last snapshot, "
              + snapshot
              + "; its verification failed");
    }
    try (ReaderSession reader =
        environment.server().startReader(request.namespace(), snapshot, protection.readEarlier())) {
      return new PreviousBackupReader(PreviousSource.of(reader), environment.progress(), protection)
          .read(Optional.of(snapshot), archives);
    }
  }

  private static DiskSummary summary(ChosenDisk chosen, ReadPlan plan, BitmapStorage storage) {
    long size = chosen.disk().size();
    long read = plan instanceof Incremental incremental ? incremental.dirtyBytes() : size;
    return new DiskSummary(
        chosen.disk().name(),
        chosen.archive(),
        size,
        plan,
        read,
        0,
        size - read,
        0,
        0,
        0,
        0,
        storage.stores(chosen.disk()));
  }
}
