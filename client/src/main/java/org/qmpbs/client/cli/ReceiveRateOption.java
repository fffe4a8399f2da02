package org.qmpbs.client.cli;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How fast a command may read from the server. */
final class ReceiveRateOption {
  @Option(
      names = "--rate",
      paramLabel = "RATE",
      converter = Converters.ToSize.class,
      description = "Most bytes a second to receive, for instance 20M or 100MiB.")
  private @Nullable Long rate;

  boolean isGiven() {
    return rate != null;
  }

  /** Bytes a second, or empty. */
  OptionalLong limit() {
    return rate == null ? OptionalLong.empty() : OptionalLong.of(rate);
  }
}
