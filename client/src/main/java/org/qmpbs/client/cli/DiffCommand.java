package org.qmpbs.client.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.diff.DiffJob;
import org.qmpbs.client.diff.DiffRequest;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code qmpbs diff}. */
@Command(
    name = "diff",
    description = "Show what differs between two snapshots, from their indexes alone.",
    mixinStandardHelpOptions = true)
final class DiffCommand implements CliCommand {
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final RetryOptions retry = new RetryOptions();
  @Mixin private final ReadKeyOptions key = new ReadKeyOptions();

  @Parameters(
      index = "0",
      paramLabel = "SNAPSHOT",
      converter = Converters.ToSnapshotPath.class,
      description = "type/id/time, or type/id for the newest.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private SnapshotPath first;

  @Parameters(
      index = "1",
      paramLabel = "SNAPSHOT",
      converter = Converters.ToSnapshotPath.class,
      description = "The one to compare it with.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private SnapshotPath second;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "ARCHIVE",
      description = "The only one to compare, for instance drive-scsi0.img; default: all.")
  private @Nullable String archive;

  @Option(names = "--ranges", description = "List the ranges that differ, too.")
  private boolean ranges;

  private final Host host;

  @SuppressWarnings("NullAway.Init")
  DiffCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    List<ExitCode> codes = new ArrayList<>(ServerCodes.LOOKING);
    codes.add(ExitCode.DAMAGED);
    return codes;
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "diff").run(Consequence.NOTHING_CHANGED, this::compare);
  }

  private Report compare(Output out, Interruption interruption) throws IOException {
    try (HeldKey held = key.open(host, out);
        PbsServer pbs = server.open(host)) {
      DiffRequest request =
          new DiffRequest(
              server.namespace(),
              first,
              second,
              Optional.ofNullable(archive),
              retry.retries(),
              held.readKey());
      DiffJob job = new DiffJob(pbs, request, out, host.random());
      interruption.cancelWith(job::cancel);
      return new DiffReport(job.run(), ranges);
    }
  }
}
