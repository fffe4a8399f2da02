package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.qmpbs.client.config.Finding;
import org.qmpbs.client.config.Resolution;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;

/**
 * All that is wrong.
 *
 * @param asked whether machines and servers were asked
 * @param offline whether that was not wanted
 */
record ConfigCheckReport(
    Resolution resolution, List<Reachability.Trouble> troubles, boolean asked, boolean offline)
    implements Listing {

  private List<Finding> findings() {
    return Stream.concat(
            resolution.findings().stream(), troubles.stream().map(Reachability.Trouble::finding))
        .toList();
  }

  /** The mistakes come first: a server that does not answer may be one of their consequences. */
  @Override
  public ExitCode exitCode() {
    if (resolution.hasErrors()) {
      return ExitCode.USAGE;
    }
    return troubles.stream()
        .filter(trouble -> trouble.finding().isError())
        .map(Reachability.Trouble::code)
        .findFirst()
        .orElse(ExitCode.DONE);
  }

  @Override
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    for (Finding finding : findings()) {
      lines.add(
          finding.where().label()
              + ": "
              + finding.severity().name().toLowerCase(Locale.ROOT)
              + ": "
              + (finding.path().isEmpty() ? "" : finding.path() + ": ")
              + finding.problem());
      lines.add("  what to do: " + finding.remedy());
    }
    long errors = findings().stream().filter(Finding::isError).count();
    lines.add(
        count(resolution.machines().size(), "machine")
            + ", "
            + count(errors, "error")
            + ", "
            + count(findings().size() - errors, "warning")
            + (asked || offline ? "." : "; with errors, no machine and no server is asked."));
    return lines;
  }

  private static String count(long number, String word) {
    return number + " " + word + (number == 1 ? "" : "s");
  }

  @Override
  public void describe(ObjectNode summary) {
    ArrayNode names = summary.putArray("machines");
    resolution.machines().keySet().forEach(names::add);
    summary.put("asked", asked);
    ArrayNode rows = summary.putArray("findings");
    for (Finding finding : findings()) {
      ObjectNode row = rows.addObject().put("severity", Names.of(finding.severity()));
      Origins.describe(row.putObject("where"), finding.where());
      row.put("key", finding.path())
          .put("problem", finding.problem())
          .put("expected", finding.expected())
          .put("found", finding.found())
          .put("remedy", finding.remedy());
    }
  }
}
