package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.qmpbs.chunker.KeyFingerprint;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.lookup.SnapshotResolver;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.client.output.TextTable;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.SnapshotInfo;
import org.qmpbs.pbs.SnapshotInfo.FileInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code qmpbs files SNAPSHOT}. */
@Command(
    name = "files",
    description = "List the archives of a snapshot.",
    mixinStandardHelpOptions = true)
final class FilesCommand implements CliCommand {
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final RetryOptions retry = new RetryOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  @Parameters(
      paramLabel = "SNAPSHOT",
      converter = Converters.ToSnapshotPath.class,
      description = "type/id/time, or type/id for the newest.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private SnapshotPath snapshot;

  private final Host host;

  @SuppressWarnings("NullAway.Init")
  FilesCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return ServerCodes.LOOKING;
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "files")
        .run(
            Consequence.NOTHING_CHANGED,
            (out, interruption) -> server.read(host, retry, out, interruption, this::list));
  }

  private Listing list(PbsServer pbs) throws IOException {
    SnapshotInfo found = new SnapshotResolver(pbs, server.namespace()).resolve(snapshot);
    return new Files(found, pbs.files(server.namespace(), found.snapshot()));
  }

  private record Files(SnapshotInfo snapshot, List<FileInfo> files) implements Listing {
    @Override
    public List<String> text() {
      TextTable table = new TextTable("FILE", "SIZE", "CRYPT MODE");
      for (FileInfo file : files) {
        table.row(
            file.name(),
            file.size() < 0 ? "-" : Sizes.format(file.size()),
            file.cryptMode() == null ? "-" : protectionOf(file.cryptMode()));
      }
      return table.lines();
    }

    private String protectionOf(CryptMode mode) {
      KeyFingerprint key = snapshot.fingerprint();
      return mode == CryptMode.NONE || key == null ? mode.id() : mode.id() + " " + key.shortForm();
    }

    @Override
    public void describe(ObjectNode summary) {
      Rows.name(summary, snapshot.snapshot());
      if (snapshot.fingerprint() != null) {
        summary.put("fingerprint", snapshot.fingerprint().toString());
      }
      Rows.files(summary.putArray("files"), files);
    }
  }
}
