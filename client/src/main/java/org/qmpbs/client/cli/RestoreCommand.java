package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.client.restore.Aftermath;
import org.qmpbs.client.restore.ImageFormat;
import org.qmpbs.client.restore.RestoreJob;
import org.qmpbs.client.restore.RestoreRequest;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.ReadKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code qmpbs restore}. */
@Command(
    name = "restore",
    description = "Give one archive, or all archives of a snapshot, back.",
    customSynopsis = {
      "qmpbs restore [OPTIONS] SNAPSHOT ARCHIVE TARGET",
      "       qmpbs restore [OPTIONS] SNAPSHOT --all --target DIR"
    },
    mixinStandardHelpOptions = true)
final class RestoreCommand implements CliCommand {
  private static final String STDOUT = "-";

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final RetryOptions retry = new RetryOptions();
  @Mixin private final ReceiveRateOption rate = new ReceiveRateOption();
  @Mixin private final ReadKeyOptions key = new ReadKeyOptions();

  @Parameters(
      index = "0",
      paramLabel = "SNAPSHOT",
      converter = Converters.ToSnapshotPath.class,
      description = "type/id/time, or type/id for the newest.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private SnapshotPath snapshot;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "ARCHIVE",
      description = "For instance drive-scsi0.img; see qmpbs files SNAPSHOT.")
  private @Nullable String archive;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "TARGET",
      description = "File, block device (with --force), or - for standard output.")
  private @Nullable String file;

  @Option(names = "--all", description = "Restore every archive into the directory of --target.")
  private boolean all;

  @Option(names = "--target", paramLabel = "DIR", description = "Directory for --all.")
  private @Nullable Path directory;

  @Option(
      names = "--format",
      paramLabel = "raw|qcow2",
      converter = Converters.ToImageFormat.class,
      description = "Format of the target; default: qcow2 if TARGET ends in .qcow2, else raw.")
  private @Nullable ImageFormat format;

  @Option(
      names = "--force",
      description = "Overwrite an existing file or block device that nobody uses.")
  private boolean force;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      converter = Converters.ToDuration.class,
      description = "Give up after this time, for instance 4h; default: never.")
  private @Nullable Duration deadline;

  private final Host host;

  @SuppressWarnings("NullAway.Init")
  RestoreCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    List<ExitCode> codes = new ArrayList<>(ServerCodes.LOOKING);
    codes.addAll(List.of(ExitCode.DAMAGED, ExitCode.TARGET, ExitCode.DEADLINE));
    return codes;
  }

  @Override
  public Integer call() {
    AtomicReference<RestoreJob> running = new AtomicReference<>();
    Consequence consequence =
        code ->
            RestoreConsequence.of(
                running.get() == null ? Aftermath.NOTHING_WRITTEN : running.get().aftermath());
    return new CommandRunner(host, output, "restore")
        .run(
            consequence,
            STDOUT.equals(file),
            (out, interruption) -> restore(out, interruption, running));
  }

  private Report restore(Output out, Interruption interruption, AtomicReference<RestoreJob> running)
      throws IOException {
    RestoreRequest.Selection selection = selection();
    try (HeldKey held = key.open(host, out);
        PbsServer pbs = server.open(host)) {
      RestoreRequest request = request(selection, held.readKey());
      RestoreJob job = new RestoreJob(pbs, request, out, host.clock(), host.random());
      running.set(job);
      interruption.cancelWith(job::cancel);
      return new RestoreReport(job.run());
    }
  }

  private RestoreRequest request(RestoreRequest.Selection selection, ReadKey readKey)
      throws UsageException {
    return new RestoreRequest(
        server.namespace(),
        snapshot,
        selection,
        format(),
        force,
        rate.limit(),
        Optional.ofNullable(deadline),
        retry.retries(),
        readKey);
  }

  private RestoreRequest.Selection selection() throws UsageException {
    if (all) {
      if (archive != null || directory == null) {
        throw new UsageException(
            "--all restores every archive into a directory",
            "Use: qmpbs restore " + snapshot + " --all --target DIR");
      }
      return new RestoreRequest.Selection.AllTo(directory);
    }
    if (archive == null || file == null || directory != null) {
      throw new UsageException(
          "an archive and a target are needed",
          "Use: qmpbs restore " + snapshot + " ARCHIVE TARGET; --target goes with --all.");
    }
    if (!file.equals(STDOUT)) {
      return new RestoreRequest.Selection.ToFile(archive, Path.of(file));
    }
    if (output.isJson() || format == ImageFormat.QCOW2) {
      throw new UsageException(
          "standard output can carry the raw image only",
          "Leave out --output-format json and --format qcow2, or restore to a file.");
    }
    return new RestoreRequest.Selection.ToStream(archive, new ResultStream(host.out()));
  }

  private ImageFormat format() {
    if (format != null) {
      return format;
    }
    return file != null && file.endsWith(".qcow2") ? ImageFormat.QCOW2 : ImageFormat.RAW;
  }
}
