package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.client.output.TextTable;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.SnapshotInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code qmpbs snapshots [GROUP]}. */
@Command(
    name = "snapshots",
    description = "List the snapshots of a group, or of all groups.",
    mixinStandardHelpOptions = true)
final class SnapshotsCommand implements CliCommand {
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final RetryOptions retry = new RetryOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "GROUP",
      converter = Converters.ToGroup.class,
      description = "type/id, for instance vm/100.")
  private @Nullable BackupGroup group;

  private final Host host;

  SnapshotsCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return ServerCodes.LOOKING;
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "snapshots")
        .run(
            Consequence.NOTHING_CHANGED,
            (out, interruption) -> server.read(host, retry, out, interruption, this::list));
  }

  private Listing list(PbsServer pbs) throws IOException {
    List<SnapshotInfo> found = pbs.snapshots(server.namespace(), Optional.ofNullable(group));
    return new Snapshots(
        found.stream()
            .sorted(
                Comparator.comparing((SnapshotInfo info) -> info.snapshot().group().toString())
                    .thenComparing(info -> info.snapshot().time()))
            .toList());
  }

  private record Snapshots(List<SnapshotInfo> snapshots) implements Listing {
    @Override
    public List<String> text() {
      TextTable table = new TextTable("SNAPSHOT", "SIZE", "VERIFIED", "PROTECTED", "KEY", "FILES");
      for (SnapshotInfo info : snapshots) {
        table.row(
            info.snapshot() + (UnfinishedUpload.is(info) ? " UNFINISHED" : ""),
            Sizes.format(info.size()),
            info.verifyState() == null ? "-" : info.verifyState(),
            info.isProtected() ? "yes" : "-",
            info.fingerprint() == null ? "-" : info.fingerprint().shortForm(),
            info.files().stream()
                .map(SnapshotInfo.FileInfo::name)
                .collect(Collectors.joining(" ")));
      }
      return table.lines();
    }

    @Override
    public void describe(ObjectNode summary) {
      ArrayNode rows = summary.putArray("snapshots");
      snapshots.forEach(info -> Rows.snapshot(rows.addObject(), info));
    }
  }
}
