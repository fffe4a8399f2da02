package org.qmpbs.client.cli;

import org.qmpbs.client.output.ExitCode;

/**
 * What is known of a failure.
 *
 * @param code of the process
 * @param cause what happened
 * @param remedy what the user can do
 */
record Explanation(ExitCode code, String cause, String remedy) {
  /** With the failure's own words. */
  static Explanation of(ExitCode code, Throwable thrown, String remedy) {
    String message = thrown.getMessage();
    return new Explanation(code, message == null ? thrown.toString() : message, remedy);
  }
}
