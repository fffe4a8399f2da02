package org.qmpbs.client.bitmap;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.qcow2.bitmap.Finding;
import org.qmpbs.qcow2.bitmap.Severity;

/** What the severity of findings means to a user. */
final class Severities {
  private Severities() {}

  /** The exit code that goes with the worst of them. */
  static ExitCode exitCode(List<Finding> findings) {
    Optional<Severity> worst = findings.stream().map(Finding::severity).min(Severity::compareTo);
    return worst.map(Severities::exitCode).orElse(ExitCode.DONE);
  }

  private static ExitCode exitCode(Severity severity) {
    return switch (severity) {
      case UNOPENABLE, DANGEROUS -> ExitCode.DAMAGED;
      case USELESS, LEAK -> ExitCode.BITMAPS_USELESS;
      case NOTE -> ExitCode.DONE;
    };
  }

  /** For instance {@code unopenable}. */
  static String id(Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }

  /** A heading over findings of one severity. */
  static String heading(Severity severity) {
    return switch (severity) {
      case UNOPENABLE ->
          "UNOPENABLE: QEMU and its tools refuse the image, a machine does not start";
      case DANGEROUS -> "DANGEROUS: the next write may destroy guest data";
      case USELESS -> "USELESS: a bitmap is of no use any more; guest data is whole";
      case LEAK -> "LEAK: room is lost; guest data is whole";
      case NOTE -> "NOTE: unusual, harmless";
    };
  }

  /**
   * What to do about findings of one severity.
   *
   * @param image as it can be typed
   */
  static String remedy(Severity severity, String image) {
    return switch (severity) {
      case UNOPENABLE ->
          "qmpbs bitmap repair " + image + " (with --dry-run it only says what it would do)";
      case DANGEROUS -> "do not start a machine on it before: qmpbs bitmap repair " + image;
      case USELESS ->
          "qmpbs bitmap repair --keep-good "
              + image
              + ", or wait for the next backup, which reads in full";
      case LEAK -> "qmpbs bitmap repair --keep-good " + image + ", when the room is needed";
      case NOTE -> "nothing";
    };
  }

  /** What to do if findings are not about bitmaps. */
  static String guestRemedy(String image) {
    return "when all bitmaps are removed (with them it deletes internal snapshots): qemu-img check -r"
        + " all "
        + image;
  }
}
