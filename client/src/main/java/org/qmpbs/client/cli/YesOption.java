package org.qmpbs.client.cli;

import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * Asks on a terminal before something is removed. A script is not asked, as by the official client:
 * it could not answer, and who wrote it has decided.
 */
final class YesOption {
  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask on a terminal. Scripts and JSON are never asked.")
  private boolean yes;

  /** Whether {@link #require} would ask. */
  boolean asks(Host host, OutputOptions output) {
    return !yes && !output.isJson() && host.prompt().isThere();
  }

  /** Asks if there is somebody to ask, and throws unless the answer is yes. */
  void require(Host host, OutputOptions output, String question) throws UsageException {
    if (asks(host, output)) {
      String answer = host.prompt().ask(question + " [y/N] ").strip().toLowerCase(Locale.ROOT);
      if (!answer.equals("y") && !answer.equals("yes")) {
        throw new UsageException("it was not confirmed", "Answer y, or give --yes.");
      }
    }
  }
}
