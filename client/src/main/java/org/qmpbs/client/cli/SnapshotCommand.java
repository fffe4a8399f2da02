package org.qmpbs.client.cli;

import org.qmpbs.pbs.Snapshot;
import picocli.CommandLine.Parameters;

/** A command on one snapshot, which is named in full: a slip must not hit another one. */
abstract class SnapshotCommand extends ServerCommand {
  @Parameters(
      index = "0",
      paramLabel = "SNAPSHOT",
      converter = Converters.ToSnapshot.class,
      description = "type/id/time, for instance vm/100/2025-12-02T12:12:24Z.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private Snapshot snapshot;

  @SuppressWarnings("NullAway.Init")
  SnapshotCommand(Host host, String name) {
    super(host, name);
  }

  final Snapshot snapshot() {
    return snapshot;
  }

  final String lookAt(String command) {
    return "qmpbs " + command + " " + snapshot + namespaceOption();
  }
}
