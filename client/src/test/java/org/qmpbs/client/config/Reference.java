package org.qmpbs.client.config;

import java.util.ArrayList;
import java.util.List;

/** The tables of docs/config.md, made of the catalogue so that they cannot be out of date. */
public final class Reference {
  private Reference() {}

  /** Keys of a machine, with their options and variables. */
  public static List<String> machines(Catalogue catalogue) {
    List<String> rows = new ArrayList<>();
    rows.add("| key | value | variable | built-in | |");
    rows.add("|---|---|---|---|---|");
    for (Key key : catalogue.machineKeys()) {
      rows.add(
          row(
              "`" + key.path() + "`" + (key.required() ? " (needed)" : ""),
              value(key),
              "`" + key.variable() + "`",
              key.builtIn(),
              said(key) + (key.ofOneMachine() ? " Not among the defaults." : "")));
    }
    return rows;
  }

  /** Keys that have neither. */
  public static List<String> entries(List<Key> keys) {
    List<String> rows = new ArrayList<>();
    rows.add("| key | value | built-in | |");
    rows.add("|---|---|---|---|");
    for (Key key : keys) {
      rows.add(
          row(
              "`" + key.path() + "`" + (key.required() ? " (needed)" : ""),
              value(key),
              key.builtIn(),
              said(key)));
    }
    return rows;
  }

  /** What is built in has a column of its own. */
  private static String said(Key key) {
    return key.description().replaceFirst("; default: .*", ".");
  }

  private static String value(Key key) {
    return key.form().expected() + (key.repeatable() ? ", or a list" : "");
  }

  private static String row(String... cells) {
    StringBuilder row = new StringBuilder("|");
    for (String cell : cells) {
      row.append(' ').append(cell.replace("|", "\\|")).append(" |");
    }
    return row.toString();
  }
}
