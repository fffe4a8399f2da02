package org.qmpbs.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts what a soak saw. */
final class SoakReport {
  private final Map<Disaster, Map<Integer, Integer>> ends = new TreeMap<>();
  private final Map<Interlude, Map<String, Integer>> reads = new TreeMap<>();
  private final Map<String, Integer> reasons = new TreeMap<>();
  private final Map<Disaster, Double> pauses = new TreeMap<>();
  private int rounds;
  private int restores;
  private long bytes;

  /** A round is over, and nothing was wrong. */
  void roundDone() {
    rounds++;
  }

  /** How the disturbed backup of a round ended. */
  void disturbed(Disaster disaster, int exitCode) {
    ends.computeIfAbsent(disaster, key -> new TreeMap<>()).merge(exitCode, 1, Integer::sum);
  }

  /** For how long the machine was stopped at most around a disturbed backup. */
  void paused(Disaster disaster, double millis) {
    pauses.merge(disaster, millis, Math::max);
  }

  /** How the disks of a backup were read. */
  void read(Interlude interlude, JsonNode summary) {
    for (JsonNode disk : summary.get("disks")) {
      boolean full = disk.get("plan").asText().equals("full-read");
      String how = full ? disk.get("reason").asText() : "incremental";
      reasons.merge(how, 1, Integer::sum);
      reads.computeIfAbsent(interlude, key -> new TreeMap<>()).merge(how, 1, Integer::sum);
    }
  }

  /** A snapshot came back, and every byte of it was compared. */
  void restored(Map<String, DiskModel> content) {
    restores++;
    content.values().forEach(model -> bytes += model.size());
  }

  int disturbedBackups() {
    return ends.values().stream().mapToInt(SoakReport::sum).sum();
  }

  private static int sum(Map<?, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Prints lines of Markdown. */
  void print(PrintStream out, String what) {
    int incremental = reasons.getOrDefault("incremental", 0);
    out.printf(
        "%s: %d rounds without a wrong byte, debris or an error of the guest; "
            + "%d snapshots restored, %.1f GiB compared.%n",
        what, rounds, restores, bytes / (double) (1 << 30));
    out.printf(
        "Disks were read incrementally %d times, in full %d times.%n%n",
        incremental, sum(reasons) - incremental);
    out.printf(
        "| during a backup | times | exit codes | longest pause, ms |%n|---|---:|---|---:|%n");
    ends.forEach(
        (key, codes) ->
            row(
                out,
                key.name(),
                sum(codes),
                codes,
                " %.0f |".formatted(pauses.getOrDefault(key, 0.0))));
    out.printf("%n| before a backup | disks | read |%n|---|---:|---|%n");
    reads.forEach((key, how) -> row(out, key.name(), sum(how), how, ""));
    row(out, "all", sum(reasons), reasons, "");
    out.flush();
  }

  private static void row(
      PrintStream out, String name, int sum, Map<?, Integer> counts, String more) {
    String text =
        counts.entrySet().stream()
            .map(entry -> entry.getKey() + " × " + entry.getValue())
            .collect(Collectors.joining(", "));
    out.printf(
        "| %s | %d | %s |%s%n",
        name.replace('_', ' ').toLowerCase(java.util.Locale.ROOT), sum, text, more);
  }
}
