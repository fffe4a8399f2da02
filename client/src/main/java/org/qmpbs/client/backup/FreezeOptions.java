package org.qmpbs.client.backup;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the guest's file systems are frozen around the instant.
 *
 * @param mode whether
 * @param agentSocket of the guest's agent; null only if nothing is to be frozen
 * @param limit the longest time that writes of the guest may be held back
 */
public record FreezeOptions(FreezeMode mode, @Nullable Path agentSocket, Duration limit) {
  /**
   * An instant takes milliseconds, and flushing a guest's dirty pages seconds. Windows does not
   * hold writes back for longer than this (VSS_E_HOLD_WRITES_TIMEOUT); what waits for a disk in
   * Linux gets nervous after 30 s.
   */
  public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

  /** Nothing is frozen. */
  public static final FreezeOptions OFF = new FreezeOptions(FreezeMode.OFF, null, DEFAULT_LIMIT);

  /** Refuses freezing without an agent. */
  public FreezeOptions {
    if (mode != FreezeMode.OFF && agentSocket == null) {
      throw new IllegalArgumentException("nothing can be frozen without an agent");
    }
  }
}
