package org.qmpbs.client.cli;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.backup.OutcomeUnknownException;
import org.qmpbs.client.connect.SettingsException;
import org.qmpbs.client.lookup.NotInDatastoreException;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Failure;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The one place that turns what was thrown into an exit code, a cause and a remedy. */
final class Failures {
  static final String TRY_LATER =
      "Check that the server runs and can be reached from here, then run the command again.";

  /** Whoever knows a failure, in this order: some say more of what others know, too. */
  private static final List<Topic> TOPICS =
      List.of(
          MachineFailures::of,
          ImageFailures::of,
          SnapshotFailures::of,
          ServerFailures::of,
          LocalFailures::of);

  private interface Topic {
    @Nullable Explanation of(Throwable thrown);
  }

  private Failures() {}

  /** The failure that {@code thrown} is. */
  static Failure explain(Throwable thrown, Consequence consequence) {
    Explanation found = explanation(thrown);
    return new Failure(found.code(), found.cause(), consequence.of(found.code()), found.remedy());
  }

  /**
   * A signal came first; {@code thrown} is what it led to. A signal does not end what the server
   * has begun to finish, so that its outcome is unknown is said all the same.
   */
  static Failure interrupted(ExitCode code, Throwable thrown, Consequence consequence) {
    if (thrown instanceof OutcomeUnknownException) {
      return explain(thrown, consequence);
    }
    // At a question nothing was begun yet, and the signal was the answer.
    ExitCode meant = thrown instanceof UsageException ? ExitCode.USAGE : code;
    return new Failure(
        code, code.meaning(), consequence.of(meant), "Run the command again when it suits.");
  }

  /** Options that cannot be parsed. */
  static Failure wrongUse(ParameterException e, CommandLine line) {
    String message = e.getMessage() == null ? "wrong use" : e.getMessage();
    return new Failure(
        ExitCode.USAGE,
        message,
        "Nothing was done.",
        "See: " + line.getCommandSpec().qualifiedName() + " --help");
  }

  private static Explanation explanation(Throwable thrown) {
    Explanation found = ofSettings(thrown);
    for (Topic topic : TOPICS) {
      found = found == null ? topic.of(thrown) : found;
    }
    if (found != null) {
      return found;
    }
    if (thrown instanceof IOException && thrown.getCause() instanceof IOException cause) {
      // Wrapped to say where it happened; what to do about it is known of the inner one.
      Explanation inner = explanation(cause);
      return Explanation.of(inner.code(), thrown, inner.remedy());
    }
    if (thrown instanceof IOException) {
      return Explanation.of(ExitCode.NETWORK, thrown, TRY_LATER);
    }
    return new Explanation(
        ExitCode.INTERNAL,
        "internal error: " + thrown,
        "This is a bug. Run the command again with --debug and report what it prints.");
  }

  /** What was said on the command line and around it. */
  private static @Nullable Explanation ofSettings(Throwable thrown) {
    if (thrown instanceof UsageException e) {
      return Explanation.of(ExitCode.USAGE, e, e.remedy());
    }
    if (thrown instanceof SettingsException e) {
      return Explanation.of(ExitCode.USAGE, e, e.remedy());
    }
    if (thrown instanceof UnusableKeyException e) {
      return Explanation.of(e.code(), e, e.remedy());
    }
    if (thrown instanceof NotInDatastoreException e) {
      return Explanation.of(ExitCode.NOT_FOUND, e, e.remedy());
    }
    return null;
  }
}
