package org.qmpbs.client.cli;

import java.io.IOException;
import java.util.List;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.lookup.SnapshotResolver;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;

/** {@code qmpbs protected show}. */
@Command(
    name = "show",
    description = "Show whether a snapshot is protected.",
    mixinStandardHelpOptions = true)
final class ProtectedShowCommand extends SnapshotCommand {
  ProtectedShowCommand(Host host) {
    super(host, "protected show");
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    // The server calls a snapshot that is not there unprotected; the list knows better.
    boolean isProtected =
        new SnapshotResolver(pbs, namespace())
            .resolve(SnapshotPath.parse(snapshot().toString()))
            .isProtected();
    return new ValueReport(
        List.of(Boolean.toString(isProtected)),
        summary -> {
          Rows.name(summary, snapshot());
          summary.put("protected", isProtected);
        });
  }
}
