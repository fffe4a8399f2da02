package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.backup.BackupJob;
import org.qmpbs.client.backup.BackupRequest;
import org.qmpbs.client.backup.BackupRequest.DiskSelection;
import org.qmpbs.client.backup.BackupSummary;
import org.qmpbs.client.backup.CheckpointPolicy;
import org.qmpbs.client.backup.FreezeMode;
import org.qmpbs.client.backup.FreezeOptions;
import org.qmpbs.client.backup.Patience;
import org.qmpbs.client.backup.SnapshotKeys;
import org.qmpbs.client.log.ClientLog;
import org.qmpbs.client.log.LogUpload;
import org.qmpbs.client.log.LoggedOutput;
import org.qmpbs.client.output.Durations;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.BackupType;
import org.qmpbs.pbs.Login;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.Snapshot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code qmpbs backup}. */
@Command(
    name = "backup",
    description = "Back up a running machine: all disks, one instant, only what changed.",
    mixinStandardHelpOptions = true)
final class BackupCommand implements CliCommand {
  private static final Duration SHORTEST_FREEZE = Duration.ofSeconds(1);

  /** Programs in the guest take longer for the death of its disk. */
  private static final Duration LONGEST_FREEZE = Duration.ofMinutes(5);

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final RetryOptions retry = new RetryOptions();
  @Mixin private final BackupKeyOptions keys = new BackupKeyOptions();

  @Option(
      names = "--qmp",
      paramLabel = "SOCKET",
      required = true,
      description = "Monitor socket of the machine (-qmp unix:SOCKET,server=on,wait=off).")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private Path qmp;

  @Option(
      names = "--backup-type",
      paramLabel = "vm|ct|host",
      converter = Converters.ToBackupType.class,
      description = "Kind of the group on the server; default: vm.")
  private BackupType type = BackupType.VM;

  @Option(
      names = "--backup-id",
      paramLabel = "ID",
      description = "Name of the machine on the server, for instance 100.")
  private @Nullable String id;

  @Option(
      names = "--backup-time",
      paramLabel = "SECONDS",
      description = "Time of the snapshot, seconds since 1970; default: now.")
  private @Nullable Long time;

  @Option(
      names = "--disk",
      paramLabel = "NAME[=ARCHIVE]",
      converter = ToSelection.class,
      description = "Back up this disk only; may be repeated. NAME is qdev id, drive or node.")
  private List<DiskSelection> disks = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "NAME",
      description = "Leave this disk out; may be repeated.")
  private List<String> excluded = new ArrayList<>();

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description =
          "Where data that the guest overwrites during the backup is kept; default: /var/tmp.")
  private @Nullable Path scratch;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      converter = Converters.ToSize.class,
      description = "Most bytes a second to send, for instance 20M or 100MiB.")
  private @Nullable Long rate;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      converter = Converters.ToDuration.class,
      description = "Give up after this time, for instance 4h; default: 24h.")
  private Duration deadline = Duration.ofHours(24);

  @Option(
      names = "--retry-lock",
      paramLabel = "TIME",
      converter = Converters.ToDuration.class,
      description =
          "Wait so long while somebody else holds the group, for instance 10m; default: fail at"
              + " once.")
  private @Nullable Duration lockWait;

  @Option(
      names = "--force-full-read",
      description = "Read all disks completely, even where a dirty bitmap could be trusted.")
  private boolean forceFullRead;

  @Option(
      names = "--audit",
      paramLabel = "PERCENT",
      converter = Converters.ToPercent.class,
      description =
          "Read this share of what the bitmaps call unchanged, too, and compare it with the last"
              + " snapshot, for instance 1%%.")
  private double audit;

  @Option(
      names = "--fail-on-skip",
      description =
          "Exit code 17 if a drive was skipped because it is read-only. (A disk of the last"
              + " snapshot that is missing has this exit code always.)")
  private boolean failOnSkip;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "TIME|off",
      converter = Converters.ToCheckpointPolicy.class,
      description =
          "How often a first upload keeps what was sent so far, so that an interrupted one can go on;"
              + " default: 30m if there are more than 32 GiB to read.")
  private CheckpointPolicy checkpoints = CheckpointPolicy.DEFAULT;

  @Option(
      names = "--agent-socket",
      paramLabel = "SOCKET",
      description =
          "Socket of the guest's agent (-chardev socket,path=SOCKET,server=on,wait=off, for a port"
              + " org.qemu.guest_agent.0), to freeze its file systems for the instant.")
  private @Nullable Path agentSocket;

  @Option(
      names = "--freeze",
      paramLabel = "off|try|require",
      converter = Converters.ToFreezeMode.class,
      description =
          "Freeze the guest's file systems: not at all, if it works, or else there is no backup;"
              + " default: try with --agent-socket, off without.")
  private @Nullable FreezeMode freeze;

  @Option(
      names = "--freeze-timeout",
      paramLabel = "TIME",
      converter = Converters.ToDuration.class,
      description =
          "Longest time that the guest's writes may be held back, 1s to 5m; default: 10s.")
  private @Nullable Duration freezeTimeout;

  @Option(
      names = "--no-log",
      description = "Do not store what this run says as client.log.blob of the snapshot.")
  private boolean noLog;

  @Option(names = "--dry-run", description = "Say what would be read, and why; change nothing.")
  private boolean dryRun;

  private final Host host;

  @SuppressWarnings("NullAway.Init")
  BackupCommand(Host host) {
    this.host = host;
  }

  /** {@code NAME[=ARCHIVE]}. */
  static final class ToSelection implements picocli.CommandLine.ITypeConverter<DiskSelection> {
    @Override
    public DiskSelection convert(String value) {
      int equals = value.indexOf('=');
      return equals < 0
          ? new DiskSelection(value, null)
          : new DiskSelection(value.substring(0, equals), value.substring(equals + 1));
    }
  }

  @Override
  public List<ExitCode> exitCodes() {
    return List.of(ExitCode.values());
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "backup").run(this::consequence, this::backup);
  }

  private Report backup(Output out, Interruption interruption) throws IOException {
    BackupRequest request = request();
    Login login = server.login(host);
    ClientLog log = new ClientLog(host.clock(), new Redactor(login, host.environment())::apply);
    Output logged = new LoggedOutput(out, log);
    try (BackupKeyOptions.Held held = keys.open(host, logged);
        PbsServer pbs = host.servers().open(login)) {
      BackupJob job =
          new BackupJob(pbs, request.protectedBy(held.keys()), logged, host.clock(), host.random());
      interruption.cancelWith(job::cancel);
      BackupSummary summary = dryRun ? job.plan() : job.run();
      Protection protection = held.keys().protection();
      BackupReport report = new BackupReport(summary, dryRun, failOnSkip, protection);
      if (!dryRun && !noLog) {
        log.addAll(report.text());
        new LogUpload(pbs, server.namespace(), RateLimiter.Ticker.SYSTEM)
            .upload(summary.snapshot(), log, protection.sealer(), out);
      }
      return report;
    }
  }

  /** What the options ask for; also for those who only want to know whether they make sense. */
  BackupRequest request() throws UsageException {
    if (id == null) {
      throw new UsageException(
          "no backup id was given",
          "Use --backup-id with the machine's name or number on the server: --backup-id 100.");
    }
    BackupGroup group = group(id);
    return new BackupRequest(
        qmp,
        server.namespace(),
        group,
        time == null ? OptionalLong.empty() : OptionalLong.of(timeOf(group, time)),
        disks,
        Set.copyOf(excluded),
        scratch,
        rate == null ? OptionalLong.empty() : OptionalLong.of(rate),
        deadline,
        forceFullRead,
        audit,
        new Patience(retry.retries(), lockWait == null ? Duration.ZERO : lockWait),
        checkpoints,
        freezeOptions(),
        SnapshotKeys.NONE);
  }

  private FreezeOptions freezeOptions() throws UsageException {
    FreezeMode mode =
        freeze != null ? freeze : agentSocket == null ? FreezeMode.OFF : FreezeMode.TRY;
    if (mode != FreezeMode.OFF && agentSocket == null) {
      throw new UsageException(
          "--freeze " + mode.word() + " needs the guest's agent",
          "Name its socket with --agent-socket SOCKET, or leave --freeze out.");
    }
    if (mode == FreezeMode.OFF && freezeTimeout != null) {
      throw new UsageException(
          "--freeze-timeout is given, but nothing is to be frozen",
          "Give --agent-socket SOCKET, without --freeze off, or leave --freeze-timeout out.");
    }
    Duration limit = freezeTimeout == null ? FreezeOptions.DEFAULT_LIMIT : freezeTimeout;
    if (limit.compareTo(SHORTEST_FREEZE) < 0 || limit.compareTo(LONGEST_FREEZE) > 0) {
      throw new UsageException(
          "a --freeze-timeout of " + Durations.format(limit) + " is of no use or does harm",
          "Give 1s to 5m; a guest that cannot be frozen within 10s has a problem of its own.");
    }
    return new FreezeOptions(mode, agentSocket, limit);
  }

  private BackupGroup group(String backupId) throws UsageException {
    try {
      return new BackupGroup(type, backupId);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), "Choose another --backup-id.");
    }
  }

  private static long timeOf(BackupGroup group, long seconds) throws UsageException {
    try {
      return new Snapshot(group, seconds).time();
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()),
          "Give --backup-time in seconds since 1970, or leave it out.");
    }
  }

  private String consequence(ExitCode code) {
    if (dryRun || code == ExitCode.USAGE || code == ExitCode.UNSAFE_MACHINE) {
      return "Nothing was touched, neither the machine nor the server.";
    }
    if (code == ExitCode.OUTCOME_UNKNOWN) {
      return "The snapshot may or may not exist. The machine runs on as before, and no change is lost:"
          + " the next backup finds out which bitmap is the true one.";
    }
    return "There is no new snapshot. The machine runs on as before, and no change is lost: the next"
        + " backup takes everything since the last good one.";
  }
}
