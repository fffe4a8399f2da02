package org.qmpbs.client.cli;

import java.time.Duration;
import org.qmpbs.client.retry.Retries;
import picocli.CommandLine.Option;

/** How often and when to try again after a connection that broke. */
final class RetryOptions {
  /** More is a misunderstanding: pauses of 10 minutes make that a night. */
  private static final int MOST = 100;

  @Option(
      names = "--retry",
      paramLabel = "N",
      description =
          "Try again N times when the connection breaks or the server is away for a while; 0 for"
              + " never; default: 3.")
  private int times = Retries.DEFAULT.times();

  @Option(
      names = "--retry-delay",
      paramLabel = "TIME",
      converter = Converters.ToDuration.class,
      description =
          "Wait so long before the first retry; each later pause is six times the one before, and"
              + " 10m at most; default: 10s.")
  private Duration delay = Retries.DEFAULT.delay();

  Retries retries() throws UsageException {
    if (times < 0 || times > MOST) {
      throw new UsageException(
          "--retry " + times + " is not between 0 and " + MOST,
          "Give the number of retries, or 0 to fail at once.");
    }
    return new Retries(times, delay);
  }
}
