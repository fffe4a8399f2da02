package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.client.backup.BackupSummary;
import org.qmpbs.client.backup.BackupSummary.DiskSummary;
import org.qmpbs.client.backup.FreezeMode;
import org.qmpbs.client.backup.FreezeReport;
import org.qmpbs.client.backup.FullReadReason;
import org.qmpbs.client.backup.ReadPlan;
import org.qmpbs.client.output.Durations;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Report;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.machine.SkippedDrive;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.Protection;

/** What {@code qmpbs backup} says at the end. */
record BackupReport(
    BackupSummary summary, boolean dryRun, boolean failOnSkip, Protection protection)
    implements Report {
  @Override
  public ExitCode exitCode() {
    if (summary.disks().stream().anyMatch(BackupReport::failedAudit)) {
      return ExitCode.AUDIT_FAILED;
    }
    if (!summary.omissions().isEmpty() || (failOnSkip && skippedMedium())) {
      return ExitCode.OMISSIONS;
    }
    return summary.leftovers().isEmpty() ? ExitCode.DONE : ExitCode.LEFTOVERS;
  }

  /** An empty drive has nothing that could be missed. */
  private boolean skippedMedium() {
    return summary.skipped().stream()
        .anyMatch(drive -> drive.reason() != SkippedDrive.Reason.EMPTY);
  }

  private static boolean failedAudit(DiskSummary disk) {
    return disk.plan() instanceof ReadPlan.FullRead full
        && full.reason() == FullReadReason.AUDIT_FAILED;
  }

  @Override
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    for (DiskSummary disk : summary.disks()) {
      lines.add(disk.name() + " (" + Sizes.format(disk.size()) + "): " + planText(disk.plan()));
      lines.add("  " + (dryRun ? expectation(disk) : result(disk)));
    }
    for (SkippedDrive drive : summary.skipped()) {
      lines.add(
          "skipped: " + drive.name() + " (" + Names.of(drive.reason()).replace('-', ' ') + ")");
    }
    summary.excluded().forEach(name -> lines.add("left out: " + name + " (--exclude or --disk)"));
    freezeText().ifPresent(lines::add);
    protection
        .key()
        .ifPresent(
            key ->
                lines.add(
                    (protection.mode() == CryptMode.ENCRYPT ? "encrypted" : "signed")
                        + " with key "
                        + key.fingerprint().shortForm()));
    lines.add(
        (dryRun ? "would make " : "")
            + summary.snapshot()
            + " in "
            + Durations.format(summary.duration())
            + (dryRun ? "" : ", with " + Sizes.format(summary.scratchUsed()) + " of scratch files")
            + retriesText());
    return lines;
  }

  private String retriesText() {
    return switch (summary.retries()) {
      case 0 -> "";
      case 1 -> ", after 1 retry";
      default -> ", after " + summary.retries() + " retries";
    };
  }

  private Optional<String> freezeText() {
    FreezeReport freeze = summary.freeze();
    if (freeze.mode() == FreezeMode.OFF) {
      return Optional.empty();
    }
    return Optional.of(
        freeze.held()
            ? "frozen: "
                + freeze.fileSystems()
                + (freeze.fileSystems() == 1 ? " file system" : " file systems")
                + " of the guest, for "
                + freeze.duration().toMillis()
                + " ms"
            : "not frozen: " + freeze.reason());
  }

  private static String planText(ReadPlan plan) {
    if (plan instanceof ReadPlan.Incremental incremental) {
      return "incremental, " + Sizes.format(incremental.dirtyBytes()) + " changed";
    }
    ReadPlan.FullRead full = (ReadPlan.FullRead) plan;
    return "full read: " + full.detail();
  }

  private static String expectation(DiskSummary disk) {
    return "at most "
        + Sizes.format(disk.read())
        + " to read, "
        + Sizes.format(disk.reused())
        + " reused -> "
        + disk.archive();
  }

  private static String result(DiskSummary disk) {
    return "read "
        + Sizes.format(disk.read())
        + ", sent "
        + Sizes.format(disk.uploadedEncoded())
        + " ("
        + disk.uploadedChunks()
        + (disk.uploadedChunks() == 1 ? " chunk" : " chunks")
        + "), reused "
        + Sizes.format(disk.reused())
        + " -> "
        + disk.archive();
  }

  @Override
  public void describe(ObjectNode node) {
    node.put("dry_run", dryRun).put("snapshot", summary.snapshot().toString());
    Rows.name(node, summary.snapshot());
    node.put("previous", summary.previous() == null ? null : summary.previous().toString())
        .put("crypt_mode", protection.mode().id())
        .put("fingerprint", protection.key().map(key -> key.fingerprint().toString()).orElse(null))
        .put("strategy", Names.of(summary.strategy()))
        .put("duration_seconds", summary.duration().toMillis() / 1000.0)
        .put("retries", summary.retries())
        .put("bytes_scratch", summary.scratchUsed());
    ArrayNode disks = node.putArray("disks");
    summary.disks().forEach(disk -> describe(disks.addObject(), disk));
    ArrayNode skipped = node.putArray("skipped");
    summary
        .skipped()
        .forEach(
            drive ->
                skipped
                    .addObject()
                    .put("name", drive.name())
                    .put("reason", Names.of(drive.reason())));
    ArrayNode excluded = node.putArray("excluded");
    summary.excluded().forEach(excluded::add);
    FreezeReport freeze = summary.freeze();
    node.putObject("freeze")
        .put("mode", freeze.mode().word())
        .put("frozen", freeze.held())
        .put("file_systems", freeze.fileSystems())
        .put("duration_seconds", freeze.duration().toMillis() / 1000.0)
        .put("reason", freeze.reason());
    ArrayNode warnings = node.putArray("warnings");
    summary.warnings().forEach(warnings::add);
    ArrayNode omissions = node.putArray("omissions");
    summary.omissions().forEach(omissions::add);
    ArrayNode leftovers = node.putArray("leftovers");
    summary.leftovers().forEach(leftovers::add);
  }

  private static void describe(ObjectNode row, DiskSummary disk) {
    row.put("name", disk.name()).put("archive", disk.archive()).put("bytes_size", disk.size());
    if (disk.plan() instanceof ReadPlan.Incremental incremental) {
      row.put("plan", "incremental").put("bytes_dirty", incremental.dirtyBytes());
    } else if (disk.plan() instanceof ReadPlan.FullRead full) {
      row.put("plan", "full-read")
          .put("reason", Names.of(full.reason()))
          .put("detail", full.detail());
    }
    row.put("bytes_read", disk.read())
        .put("bytes_zero", disk.zero())
        .put("bytes_reused", disk.reused())
        .put("chunks_sent", disk.uploadedChunks())
        .put("bytes_new", disk.uploadedPlain())
        .put("bytes_sent", disk.uploadedEncoded())
        .put("bytes_audited", disk.audited())
        .put("bitmap_stored", disk.bitmapStored());
  }
}
