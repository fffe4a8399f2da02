package org.qmpbs.client.output;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Columns for people: a heading, rows, and no lines around them. */
public final class TextTable {
  private final List<String> heading;
  private final List<List<String>> rows = new ArrayList<>();

  /** Starts with the names of the columns. */
  public TextTable(String... heading) {
    this.heading = List.of(heading);
  }

  /** Adds a row with as many cells as there are columns. */
  public void row(String... cells) {
    if (cells.length != heading.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells in a table of " + heading.size() + " columns");
    }
    rows.add(List.of(cells));
  }

  /** Heading and rows, columns aligned. */
  public List<String> lines() {
    List<Integer> widths = new ArrayList<>(Collections.nCopies(heading.size(), 0));
    List<List<String>> all = new ArrayList<>();
    all.add(heading);
    all.addAll(rows);
    for (List<String> row : all) {
      for (int i = 0; i < row.size(); i++) {
        widths.set(i, Math.max(widths.get(i), row.get(i).length()));
      }
    }
    return all.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      line.append(row.get(i)).append(" ".repeat(widths.get(i) - row.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }
}
