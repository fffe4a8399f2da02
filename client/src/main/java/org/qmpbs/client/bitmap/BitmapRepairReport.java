package org.qmpbs.client.bitmap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;
import org.qmpbs.qcow2.bitmap.BitmapName;
import org.qmpbs.qcow2.bitmap.RepairPlan;
import org.qmpbs.qcow2.bitmap.ShellWord;

/**
 * What {@code qmpbs bitmap repair} says. It is a listing: where the side file is must be told even
 * to who wants it quiet.
 *
 * @param image that is repaired
 * @param plan what was done, or would be
 * @param sideFile what was replaced; empty if nothing was
 * @param dryRun whether nothing was to be done
 */
public record BitmapRepairReport(
    Path image, RepairPlan plan, Optional<Path> sideFile, boolean dryRun) implements Listing {
  /** Says what is left: what the bitmaps are not to blame for, a repair of bitmaps leaves. */
  @Override
  public ExitCode exitCode() {
    return Severities.exitCode(plan.remaining());
  }

  @Override
  public String done() {
    return sideFile
        .map(file -> "The image was repaired; what was replaced is in " + file + ".")
        .orElse("Nothing was changed.");
  }

  @Override
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    if (plan.isEmpty()) {
      lines.add(image + ": nothing to repair");
    } else {
      lines.add(image + (dryRun ? ": would be repaired; nothing was written" : ": repaired"));
      plan.steps().forEach(step -> lines.add("  " + step));
      lines.add("bitmaps " + (dryRun ? "that would be kept: " : "kept: ") + names(plan.kept()));
      lines.add("bitmaps " + (dryRun ? "that would go: " : "dropped: ") + dropped());
      lines.add("clusters given free: " + plan.freedClusters());
      sideFile.ifPresent(file -> lines.addAll(undo(file)));
      lines.add("the guest's data " + (dryRun ? "would not be touched" : "was not touched"));
      lines.add("the next backup: " + NextBackup.after(plan.kept()));
    }
    if (!plan.remaining().isEmpty()) {
      lines.add("");
      lines.add("Not the bitmaps' damage, so it stays:");
      lines.addAll(FindingText.grouped(plan.remaining(), ShellWord.of(image)));
    }
    return lines;
  }

  private List<String> undo(Path file) {
    if (!plan.undoable()) {
      return List.of(
          "what was replaced is in " + file,
          "  it cannot be undone by qmpbs, for the image has internal snapshots");
    }
    return List.of(
        "what was replaced is in " + file,
        "  to undo, before anything else opens the image for writing: qmpbs bitmap repair --undo "
            + ShellWord.of(file)
            + " "
            + ShellWord.of(image));
  }

  private String dropped() {
    return plan.dropped().isEmpty() ? "none whose name can be read" : names(plan.dropped());
  }

  private static String names(List<BitmapName> names) {
    return names.isEmpty() ? "none" : String.join(", ", texts(names));
  }

  private static List<String> texts(List<BitmapName> names) {
    return names.stream().map(BitmapName::toString).toList();
  }

  @Override
  public void describe(ObjectNode summary) {
    summary
        .put("image", image.toString())
        .put("dry_run", dryRun)
        .put("needed", !plan.isEmpty())
        .put("side_file", sideFile.map(Path::toString).orElse(null));
    ArrayNode steps = summary.putArray("steps");
    plan.steps().forEach(steps::add);
    ArrayNode kept = summary.putArray("kept");
    texts(plan.kept()).forEach(kept::add);
    ArrayNode dropped = summary.putArray("dropped");
    texts(plan.dropped()).forEach(dropped::add);
    summary.put("clusters_freed", plan.freedClusters());
    if (!plan.isEmpty()) {
      summary.put("next_backup", NextBackup.after(plan.kept()));
    }
    ArrayNode remaining = summary.putArray("remaining");
    plan.remaining().forEach(each -> FindingText.describe(remaining.addObject(), each));
  }
}
