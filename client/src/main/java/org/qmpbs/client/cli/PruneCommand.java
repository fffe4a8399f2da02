package org.qmpbs.client.cli;

import java.io.IOException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.client.lookup.NotInDatastoreException;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.KeepOptions;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.PruneDecision;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code qmpbs prune}. The server decides; the table adds why. On a terminal the decision is shown
 * before anything is removed.
 */
@Command(
    name = "prune",
    description = "Remove the snapshots of a group that are not to be kept.",
    mixinStandardHelpOptions = true)
final class PruneCommand extends GroupCommand {
  /** The server's zone is not known; it is likely one of these. */
  private static final List<ZoneId> ZONES = List.of(ZoneId.systemDefault(), ZoneOffset.UTC);

  @Mixin private final KeepArguments keep = new KeepArguments();
  @Mixin private final YesOption yes = new YesOption();

  @Option(
      names = {"-n", "--dry-run"},
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Only show what would be kept and removed, and why.")
  private boolean dryRun;

  PruneCommand(Host host) {
    super(host, "prune");
  }

  @Override
  public List<ExitCode> exitCodes() {
    List<ExitCode> codes = new ArrayList<>(ServerCodes.LOOKING);
    codes.add(ExitCode.LEFTOVERS);
    return codes;
  }

  @Override
  Consequence consequence() {
    return dryRun
        ? Consequence.NOTHING_CHANGED
        : Consequence.changing("qmpbs snapshots " + group() + namespaceOption());
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    KeepOptions options = keep.options();
    List<SnapshotInfo> before = pbs.snapshots(namespace(), Optional.of(group()));
    if (before.isEmpty()) {
      throw new NotInDatastoreException(
          "there is no snapshot of " + group(),
          "List what is there with: qmpbs groups" + namespaceOption());
    }
    if (dryRun) {
      return report(options, before, ask(pbs, options, true), List.of(), out);
    }
    if (yes.asks(host(), output())) {
      PruneReport preview = preview(options, before, ask(pbs, options, true));
      if (preview.removedCount() == 0) {
        return preview;
      }
      String table = String.join(System.lineSeparator(), preview.text());
      yes.require(
          host(),
          output(),
          table + System.lineSeparator() + "Remove snapshots: " + preview.removedCount() + "?");
    }
    List<PruneDecision> decisions = ask(pbs, options, false);
    List<Snapshot> left =
        pbs.snapshots(namespace(), Optional.of(group())).stream()
            .map(SnapshotInfo::snapshot)
            .filter(found -> decisions.contains(new PruneDecision(found, false, false)))
            .toList();
    return report(options, before, decisions, left, out);
  }

  private List<PruneDecision> ask(PbsServer pbs, KeepOptions options, boolean onlyAsk)
      throws IOException {
    return pbs.administration().prune(namespace(), group(), options, onlyAsk);
  }

  /** As a dry run; its warnings come with the final report, or never, if there is a no. */
  private static PruneReport preview(
      KeepOptions options, List<SnapshotInfo> before, List<PruneDecision> decisions) {
    return PruneReport.of(true, options, before, decisions, List.of(), ZONES);
  }

  private PruneReport report(
      KeepOptions options,
      List<SnapshotInfo> before,
      List<PruneDecision> decisions,
      List<Snapshot> left,
      Output out) {
    PruneReport report = PruneReport.of(dryRun, options, before, decisions, left, ZONES);
    report.warnings().forEach(out::warn);
    return report;
  }
}
