package org.qmpbs.client.config;

/**
 * Something wrong with the configuration. Never holds the value of a setting that may be a secret.
 *
 * @param severity how bad it is
 * @param where where to mend it
 * @param path the setting, for instance {@code machines.vm100.rate}; empty for a file as a whole
 * @param problem one line
 * @param expected what would be right, or empty
 * @param found what is there, or empty
 * @param remedy what to do
 */
public record Finding(
    Severity severity,
    Origin where,
    String path,
    String problem,
    String expected,
    String found,
    String remedy) {

  /** How bad a finding is. */
  public enum Severity {
    /** Nothing runs with this configuration. */
    ERROR,
    /** Runs, but probably not as meant. */
    WARNING
  }

  /** Keeps what came from a file on one line. */
  public Finding {
    path = line(path);
    problem = line(problem);
    found = line(found);
  }

  private static String line(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  static Finding error(Origin where, String path, String problem, String remedy) {
    return new Finding(Severity.ERROR, where, path, problem, "", "", remedy);
  }

  static Finding warning(Origin where, String path, String problem, String remedy) {
    return new Finding(Severity.WARNING, where, path, problem, "", "", remedy);
  }

  /** A value that is not of the right kind. */
  static Finding mismatch(Origin where, String path, String expected, String found, String remedy) {
    return new Finding(
        Severity.ERROR,
        where,
        path,
        "expected " + expected + ", found " + found,
        expected,
        found,
        remedy);
  }

  /** Whether nothing runs with it. */
  public boolean isError() {
    return severity == Severity.ERROR;
  }
}
