package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.lookup.FinishedSnapshots;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.TextTable;
import org.qmpbs.client.retention.Candidate;
import org.qmpbs.client.retention.Reason;
import org.qmpbs.client.retention.RetentionReasons;
import org.qmpbs.pbs.KeepOptions;
import org.qmpbs.pbs.PruneDecision;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;

/**
 * What a prune did, or would do, snapshot by snapshot.
 *
 * @param dryRun whether nothing was done
 * @param rows oldest first
 * @param warnings lines for people
 * @param left those that were to be removed, and are still there
 */
record PruneReport(boolean dryRun, List<Row> rows, List<String> warnings, List<Snapshot> left)
    implements Listing {

  /**
   * One snapshot.
   *
   * @param info its row in the list before, or null if it was not there
   * @param reason null if ours and the server's account of the rules differ
   */
  record Row(PruneDecision decision, @Nullable SnapshotInfo info, @Nullable Reason reason) {
    private boolean isCheckpoint() {
      return info != null && UnfinishedUpload.is(info);
    }

    private String action() {
      if (decision.isProtected()) {
        return "protected";
      }
      return decision.keep() ? "keep" : "remove";
    }

    private String why() {
      String why = reason == null ? "the server's decision (in its own time zone)" : reason.text();
      return isCheckpoint() ? why + "; checkpoint of an unfinished upload" : why;
    }
  }

  /** Looks for the reasons in the first of {@code zones} that explains all. */
  static PruneReport of(
      boolean dryRun,
      KeepOptions keep,
      List<SnapshotInfo> before,
      List<PruneDecision> decisions,
      List<Snapshot> left,
      List<ZoneId> zones) {
    List<Candidate> candidates = before.stream().map(Candidate::of).toList();
    Optional<ZoneId> agreeing = RetentionReasons.agreeing(candidates, keep, decisions, zones);
    Map<Long, Reason> reasons =
        RetentionReasons.of(candidates, keep, agreeing.orElse(zones.get(0)));
    Map<Snapshot, SnapshotInfo> infos = new HashMap<>();
    before.forEach(info -> infos.put(info.snapshot(), info));
    List<Row> rows = new ArrayList<>();
    for (PruneDecision decision : decisions) {
      Reason reason = reasons.get(decision.snapshot().time());
      boolean agrees = reason != null && reason.kind().keeps() == decision.keep();
      rows.add(new Row(decision, infos.get(decision.snapshot()), agrees ? reason : null));
    }
    return new PruneReport(dryRun, rows, warnings(rows, before, agreeing, left), left);
  }

  private static List<String> warnings(
      List<Row> rows, List<SnapshotInfo> before, Optional<ZoneId> agreeing, List<Snapshot> left) {
    List<String> warnings = new ArrayList<>();
    if (agreeing.isEmpty()) {
      warnings.add(
          "the server decides otherwise than its rules let expect from here, most likely because its"
              + " days begin at another time: what it says counts");
    }
    long checkpoints = rows.stream().filter(Row::isCheckpoint).count();
    if (checkpoints > 0) {
      warnings.add(
          checkpoints
              + " of these are checkpoints of an unfinished first upload: the rules count them, but"
              + " they are no backups");
    }
    if (!before.isEmpty()) {
      FinishedSnapshots.newest(before, before.get(0).snapshot().group())
          .map(SnapshotInfo::snapshot)
          .filter(newest -> isRemoved(rows, newest))
          .ifPresent(
              newest ->
                  warnings.add(
                      newest
                          + " is the newest of its group, and is not kept: without it the next backup"
                          + " reads everything once"));
    }
    for (Snapshot snapshot : left) {
      warnings.add(
          "the server could not remove " + snapshot + ": see its task log (qmpbs task list --all)");
    }
    return warnings;
  }

  private static boolean isRemoved(List<Row> rows, Snapshot snapshot) {
    return rows.stream()
        .map(Row::decision)
        .anyMatch(decision -> decision.snapshot().equals(snapshot) && !decision.keep());
  }

  /** How many are not kept. */
  long removedCount() {
    return rows.stream().filter(row -> !row.decision().keep()).count();
  }

  @Override
  public List<String> text() {
    TextTable table = new TextTable("SNAPSHOT", "ACTION", "REASON");
    rows.forEach(row -> table.row(row.decision().snapshot().toString(), row.action(), row.why()));
    List<String> lines = new ArrayList<>(table.lines());
    lines.add(
        dryRun
            ? "would keep " + keptCount() + " and remove " + removedCount()
            : "kept " + keptCount() + ", removed " + (removedCount() - left.size()));
    return lines;
  }

  private long keptCount() {
    return rows.size() - removedCount();
  }

  @Override
  public String done() {
    return dryRun ? "Nothing was changed." : "The group is pruned.";
  }

  @Override
  public ExitCode exitCode() {
    return left.isEmpty() ? ExitCode.DONE : ExitCode.LEFTOVERS;
  }

  @Override
  public void describe(ObjectNode summary) {
    summary.put("dry_run", dryRun).put("kept", keptCount());
    summary.put("removed", removedCount() - left.size());
    ArrayNode decisions = summary.putArray("decisions");
    for (Row row : rows) {
      ObjectNode node = decisions.addObject();
      Rows.name(node, row.decision().snapshot());
      node.put("keep", row.decision().keep()).put("protected", row.decision().isProtected());
      if (row.reason() == null) {
        node.putNull("reason");
      } else {
        Reason reason = row.reason();
        ObjectNode why = node.putObject("reason").put("kind", Names.of(reason.kind()));
        reason.rule().ifPresent(rule -> why.put("rule", rule.id()).put("period", reason.period()));
      }
      if (row.isCheckpoint()) {
        node.put("unfinished", true);
      }
    }
    ArrayNode failed = summary.putArray("left");
    left.forEach(snapshot -> Rows.name(failed.addObject(), snapshot));
  }
}
