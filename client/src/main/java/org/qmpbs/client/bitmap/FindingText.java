package org.qmpbs.client.bitmap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.qmpbs.qcow2.bitmap.Finding;
import org.qmpbs.qcow2.bitmap.Severity;

/** Findings of a check, for people and for programs. */
final class FindingText {
  /** More of one kind than that nobody reads; JSON has them all. */
  private static final int MOST = 50;

  private FindingText() {}

  /** Grouped by severity, the worst first, each group with what to do. */
  static List<String> grouped(List<Finding> findings, String image) {
    List<String> lines = new ArrayList<>();
    boolean repairNamed = false;
    for (Severity severity : Severity.values()) {
      List<Finding> group = findings.stream().filter(each -> each.severity() == severity).toList();
      if (group.isEmpty()) {
        continue;
      }
      lines.add("");
      lines.add(Severities.heading(severity) + " (" + group.size() + ")");
      group.stream().limit(MOST).forEach(each -> lines.addAll(lines(each)));
      if (group.size() > MOST) {
        lines.add("  … and " + (group.size() - MOST) + " more; --output-format json has them all");
      }
      if (group.stream().anyMatch(each -> !each.rule().isGuests())) {
        boolean mended = repairNamed && severity != Severity.NOTE;
        lines.add(
            "  what to do: "
                + (mended ? "the repair above mends it, too" : Severities.remedy(severity, image)));
        repairNamed = true;
      }
      if (severity != Severity.NOTE && group.stream().anyMatch(each -> each.rule().isGuests())) {
        lines.add("  what to do: " + Severities.guestRemedy(image));
      }
    }
    return lines;
  }

  private static List<String> lines(Finding finding) {
    return List.of(
        String.format(
            Locale.ROOT,
            "  byte %d (0x%x)%s: %s",
            finding.offset(),
            finding.offset(),
            finding.bitmap().map(name -> ", bitmap '" + name + "'").orElse(""),
            finding.rule().meaning()),
        "    expected " + finding.expected(),
        "    found    " + finding.found());
  }

  static void describe(ObjectNode row, Finding finding) {
    row.put("rule", finding.rule().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("severity", Severities.id(finding.severity()))
        .put("offset", finding.offset())
        .put("expected", finding.expected())
        .put("found", finding.found())
        .put("meaning", finding.rule().meaning());
    finding.bitmap().ifPresent(name -> row.put("bitmap", name.toString()));
  }
}
