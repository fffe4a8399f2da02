package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.client.backup.BackupSummary.DiskSummary;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.backup.SnapshotRecord.RecordedDisk;
import org.qmpbs.client.lookup.FinishedSnapshots;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.Strategy;
import org.qmpbs.pbs.BackupSession;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;

/**
 * One attempt at a backup, and the order of its steps:
 *
 * <ol>
 *   <li>thaw and clear away what a dead run left, stop if a live one is at work;
 *   <li>look at the machine, choose disks, refuse what is unsafe;
 *   <li>open the session: the group is ours from here on;
 *   <li>read what the server has, look at the disks again, decide what may be trusted;
 *   <li>take the instant, in which the new bitmaps start; send the disks; verify and give the
 *       instant back, so that the guest is relieved before anything else;
 *   <li>write the record, finish;
 *   <li>drop the old bitmaps, and checkpoints of the first upload.
 * </ol>
 *
 * A big first upload closes the session of the third step again once the instant is taken, and goes
 * on in several ({@link CheckpointedUpload}); the last of them is the one that is finished.
 *
 * <p>A failure anywhere before the server's confirmation takes the instant apart, drops the new
 * bitmaps and leaves the old ones, which recorded all the time. A failure after it is a warning.
 */
final class BackupRun {
  private final BackupEnvironment environment;
  private final BackupRequest request;
  private final Optional<FullRead> forced;
  private final CancellationToken token;
  private final Protection protection;
  private final String target;
  private final SnapshotEnd end;
  private final Checkpoints checkpoints;
  private final List<String> warnings = new ArrayList<>();
  private final List<String> leftovers = new ArrayList<>();
  private FreezeReport freeze = FreezeReport.OFF;
  private boolean reachedServer;
  private boolean askedForSession;

  BackupRun(
      BackupEnvironment environment,
      BackupRequest request,
      Optional<FullRead> forced,
      CancellationToken token) {
    this.environment = environment;
    this.request = request;
    this.forced = forced;
    this.token = token;
    this.protection = request.keys().protection();
    this.target =
        EpochName.targetOf(environment.server().repository(), request.namespace(), request.group());
    this.end =
        new SnapshotEnd(
            environment,
            request.namespace(),
            protection.readOwn(),
            request.patience().retries(),
            token);
    this.checkpoints = new Checkpoints(environment, request.namespace(), protection.readEarlier());
  }

  /** Does it. */
  BackupSummary run() throws IOException {
    Instant start = environment.clock().instant();
    environment.progress().phase("looking at the machine");
    try (Closing closing = new Closing(environment.progress())) {
      DeadRuns.thaw(scratchParent(request), CleanUpLog.notes(environment.progress()));
      MachinePort machine = environment.machines().connect(request.qmpSocket());
      closing.add("the monitor connection", machine);
      // Remains first: they hide the disks below them, and the guest pays for them.
      new RemainsSweeper(
              machine, environment.scratch().storage(), CleanUpLog.notes(environment.progress()))
          .sweep();
      MachineLook look = MachineLook.at(machine, request);
      machine.requireSafe(look.diskList());
      token.check();

      List<SnapshotInfo> listed =
          environment.server().snapshots(request.namespace(), Optional.of(request.group()));
      reachedServer = true;
      Optional<SnapshotInfo> newest = FinishedSnapshots.newest(listed, request.group());
      Snapshot snapshot =
          new BackupTime(environment, token)
              .next(request.group(), request.backupTime(), newest.map(SnapshotInfo::snapshot));
      askedForSession = true;
      newest
          .filter(UnfinishedUpload::is)
          .map(SnapshotInfo::snapshot)
          .ifPresent(checkpoints::goOnFrom);
      BackupSession session =
          environment.server().startBackup(request.namespace(), snapshot, protection);
      CurrentSession current = new CurrentSession(session);
      closing.add("the session", current);
      closing.add("", token.onCancel(current::cancel));
      token.check();
      Done done = backup(machine, current, snapshot, listed, newest);
      current.close();
      if (isSettled(listed)) {
        checkpoints.backupIsSettled();
      }
      listed.stream()
          .filter(UnfinishedUpload::is)
          .map(SnapshotInfo::snapshot)
          .forEach(checkpoints::supersede);
      checkpoints.supersedeOwn();
      checkpoints.forgetAll(this::warn);
      return new BackupSummary(
          snapshot,
          done.previous.orElse(null),
          done.sent.strategy(),
          done.sent.disks(),
          done.look.skipped(),
          done.look.choice().excluded(),
          Duration.between(start, environment.clock().instant()),
          done.sent.scratchUsed(),
          warnings,
          done.omissions,
          leftovers,
          0,
          freeze);
    }
  }

  /** Whether the server has answered. */
  boolean reachedServer() {
    return reachedServer;
  }

  /** Whether the server may hold the group for us. */
  boolean askedForSession() {
    return askedForSession;
  }

  /**
   * Whether the first backup has been there since before the last one, and has kept its chunks from
   * garbage collection by itself for so long.
   */
  private static boolean isSettled(List<SnapshotInfo> listed) {
    return listed.stream().filter(info -> !UnfinishedUpload.is(info)).count() > 1;
  }

  private record Done(
      Optional<Snapshot> previous, AllSent sent, MachineLook look, List<String> omissions) {}

  private record AllSent(List<DiskSummary> disks, Strategy strategy, long scratchUsed) {}

  private Done backup(
      MachinePort machine,
      CurrentSession current,
      Snapshot snapshot,
      List<SnapshotInfo> listed,
      Optional<SnapshotInfo> newest)
      throws IOException {
    environment.progress().phase("reading the previous snapshot");
    MachineLook first = MachineLook.at(machine, request);
    PreviousBackup previous =
        new PreviousBackupReader(
                PreviousSource.of(current.get()), environment.progress(), protection)
            .read(newest.map(SnapshotInfo::snapshot), first.archives());
    token.check();

    // Reading may have taken long; what is decided now is about the disks as they are now.
    MachineLook look = MachineLook.at(machine, request);
    MachinePort.Identity identity = machine.identity();
    warnOfOtherMachine(previous, identity);
    List<String> omissions = Omissions.of(previous, look, request);
    omissions.forEach(this::warn);
    BackingFiles backing = BackingFiles.at(machine, look.diskList());
    BitmapStorage storage = BitmapStorage.at(machine, look.diskList(), backing);
    storage.warnings().forEach(this::warn);
    List<DiskJob> jobs =
        DiskJob.plan(
            look.choice(),
            new Planner(target, forced, previous, backing, protection),
            previous,
            storage);
    ProtectionChange.announcement(
            look.choice().disks(),
            new Planner(target, Optional.empty(), previous, backing, protection),
            previous)
        .ifPresent(this::warn);
    DatastoreRoom.warning(environment, jobs).ifPresent(this::warn);
    BitmapRotation rotation = new BitmapRotation(machine, target, environment.progress());
    rotation.removeInconsistent(look.diskList());
    for (Disk disk : look.diskList()) {
      rotation.willCreate(
          disk, new EpochName(target, snapshot.time(), environment.random().nextLong()));
    }
    SnapshotRecord description = describe(jobs, rotation, backing, identity);
    Uploads uploads =
        new Uploads(
            environment,
            request.checkpoints(),
            new UploadSessions(environment, request.namespace(), protection, token, current),
            request.keys(),
            end,
            checkpoints,
            previous,
            snapshot,
            target,
            newest.map(SnapshotInfo::snapshot),
            listed.stream().map(SnapshotInfo::snapshot).toList(),
            newest.map(UnfinishedUpload::is).orElse(true));

    AllSent sent;
    try {
      sent = transferAndFinish(machine, current, jobs, rotation, description, uploads);
    } catch (OutcomeUnknownException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      for (String trouble : rotation.dropNew()) {
        environment.progress().warn(trouble);
        e.addSuppressed(new IOException(trouble));
      }
      throw e;
    }
    rotation.keepNew().forEach(this::leave);
    return new Done(previous.snapshot(), sent, look, omissions);
  }

  private AllSent transferAndFinish(
      MachinePort machine,
      CurrentSession current,
      List<DiskJob> jobs,
      BitmapRotation rotation,
      SnapshotRecord description,
      Uploads uploads)
      throws IOException {
    InstantReader reader =
        new InstantReader(environment, request, token, machine, uploads, this::leave, this::warn);
    List<InstantReader.Sent> sent = reader.read(jobs, rotation);
    freeze = reader.freeze();
    token.check();
    environment.progress().phase("finishing");
    List<ManifestFile> files =
        new ArrayList<>(uploads.complete(sent.stream().map(InstantReader.Sent::file).toList()));
    BackupSession session = current.get();
    byte[] content = SnapshotRecordCodec.encode(description);
    files.add(session.uploadBlob(SnapshotRecord.FILE_NAME, content));
    if (request.keys().keyCopy().isPresent()) {
      files.add(session.uploadKeyCopy(request.keys().keyCopy().get()));
    }
    Manifest manifest = new Manifest(session.snapshot(), files);
    if (end.finish(current, manifest, SnapshotRecord.FILE_NAME, content)
        == SnapshotEnd.Known.ASKED) {
      warn(
          "the connection died while the server finished "
              + session.snapshot()
              + ", but it did finish it");
    }
    return new AllSent(
        sent.stream().map(InstantReader.Sent::summary).toList(),
        reader.strategy(),
        reader.scratchUsed());
  }

  private SnapshotRecord describe(
      List<DiskJob> jobs,
      BitmapRotation rotation,
      BackingFiles backing,
      MachinePort.Identity identity) {
    List<RecordedDisk> disks =
        jobs.stream()
            .map(
                job ->
                    new RecordedDisk(
                        job.disk().name(),
                        job.archive(),
                        job.disk().size(),
                        rotation.created(job.disk()),
                        job.bitmapStored(),
                        backing.of(job.disk()).text(),
                        job.disk().format()))
            .toList();
    return new SnapshotRecord(
        target, disks, identity.uuid(), identity.name(), identity.qemuVersion());
  }

  private void warnOfOtherMachine(PreviousBackup previous, MachinePort.Identity identity) {
    if (previous instanceof PreviousBackup.Recorded recorded) {
      String before = recorded.description().machineUuid();
      if (!before.isEmpty() && !identity.uuid().isEmpty() && !before.equals(identity.uuid())) {
        warn(
            "snapshot "
                + recorded.manifest().snapshot()
                + " is of the machine with UUID "
                + before
                + ", this one has "
                + identity.uuid()
                + "; if they are two machines, give each a --backup-id of its own");
      }
    }
  }

  private void warn(String line) {
    warnings.add(line);
    environment.progress().warn(line);
  }

  /** Something of ours stays behind; the backup is good all the same. */
  private void leave(String line) {
    leftovers.add(line);
    warn(line);
  }

  /** Where scratch files go. */
  static Path scratchParent(BackupRequest request) {
    Path given = request.scratchDirectory();
    return given == null ? RunDirectory.DEFAULT_PARENT : given;
  }
}
