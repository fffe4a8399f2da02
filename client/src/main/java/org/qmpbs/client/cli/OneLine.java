package org.qmpbs.client.cli;

/** Foreign text for a cell of a table: what would break the line or reach the terminal is gone. */
final class OneLine {
  private OneLine() {}

  static String of(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").strip();
  }
}
