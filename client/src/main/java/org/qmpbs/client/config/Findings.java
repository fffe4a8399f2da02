package org.qmpbs.client.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Collects findings: who mends a file wants to hear of all mistakes at once, not of the first.
 * Bounded, because a file that is something else altogether has one in every line.
 */
final class Findings {
  /** More are not read by anybody. */
  static final int MOST = 1000;

  private static final Comparator<Finding> BY_PLACE =
      Comparator.comparing((Finding finding) -> file(finding.where()))
          .thenComparingInt(finding -> place(finding.where()).line())
          .thenComparingInt(finding -> place(finding.where()).column());

  private static final Place NOWHERE = Place.of(Path.of(""));

  private final List<Finding> all = new ArrayList<>();

  void add(Finding finding) {
    if (all.size() < MOST) {
      all.add(finding);
    }
  }

  /** Whether there is a finding for one of {@code paths} already. */
  boolean concern(Stream<String> paths) {
    return paths.anyMatch(path -> all.stream().anyMatch(finding -> finding.path().equals(path)));
  }

  /** By file, line and column. */
  List<Finding> sorted() {
    return all.stream().sorted(BY_PLACE).distinct().toList();
  }

  private static Place place(Origin where) {
    return where instanceof Place place ? place : NOWHERE;
  }

  private static String file(Origin where) {
    return where instanceof Place place ? place.file().toString() : "";
  }
}
