package org.qmpbs.client.cli;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.lookup.FinishedSnapshots;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.lookup.SnapshotResolver;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code qmpbs forget SNAPSHOT}. A whole group goes with {@code --group} only: a forgotten time
 * must not cost more than a snapshot.
 */
@Command(
    name = "forget",
    description = "Remove a snapshot, or a whole group.",
    mixinStandardHelpOptions = true)
final class ForgetCommand extends ServerCommand {
  @Mixin private final YesOption yes = new YesOption();

  @ArgGroup(exclusive = true, multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private Which which;

  /** One of the two. */
  private static final class Which {
    @Parameters(
        paramLabel = "SNAPSHOT",
        converter = Converters.ToSnapshot.class,
        description = "type/id/time, for instance vm/100/2025-12-02T12:12:24Z.")
    private @Nullable Snapshot snapshot;

    @Option(
        names = "--group",
        paramLabel = "GROUP",
        converter = Converters.ToGroup.class,
        description = "Remove this group with all its snapshots, except protected ones.")
    private @Nullable BackupGroup group;
  }

  @SuppressWarnings("NullAway.Init")
  ForgetCommand(Host host) {
    super(host, "forget");
  }

  @Override
  Consequence consequence() {
    String look = "qmpbs snapshots" + namespaceOption();
    return which.group == null ? Consequence.changing(look) : Consequence.changingManyThings(look);
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    return which.snapshot != null
        ? forgetSnapshot(pbs, out, which.snapshot)
        : new GroupRemoval(this, yes).run(pbs, Objects.requireNonNull(which.group));
  }

  private Report forgetSnapshot(PbsServer pbs, Output out, Snapshot snapshot) throws IOException {
    SnapshotInfo found =
        new SnapshotResolver(pbs, namespace()).resolve(SnapshotPath.parse(snapshot.toString()));
    List<SnapshotInfo> all = pbs.snapshots(namespace(), Optional.of(snapshot.group()));
    boolean newest =
        FinishedSnapshots.newest(all, snapshot.group())
            .filter(info -> info.snapshot().equals(snapshot))
            .isPresent();
    String meaning =
        newest ? "It is the newest of its group, so the next backup reads everything once. " : "";
    // One that is protected is refused by the server; asking first would promise otherwise.
    if (!found.isProtected()) {
      yes.require(host(), output(), meaning + "Remove " + snapshot + "?");
    }
    pbs.forget(namespace(), snapshot);
    if (newest) {
      out.warn(
          snapshot
              + " was the newest of its group: the next backup reads everything once, and sends what"
              + " the snapshot before does not have");
    }
    return new ActionReport("removed " + snapshot, summary -> Rows.name(summary, snapshot));
  }
}
