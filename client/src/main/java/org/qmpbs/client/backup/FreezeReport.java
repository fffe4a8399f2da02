package org.qmpbs.client.backup;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of the freezing.
 *
 * @param mode what was asked for
 * @param held whether all of them were frozen all the time that the instant took
 * @param fileSystems how many were frozen; also if not long enough
 * @param duration from the request to freeze to the end of thawing; zero if nothing was frozen
 * @param reason why they were not held, or null
 */
public record FreezeReport(
    FreezeMode mode, boolean held, int fileSystems, Duration duration, @Nullable String reason) {
  /** Nothing was to be frozen. */
  public static final FreezeReport OFF =
      new FreezeReport(FreezeMode.OFF, false, 0, Duration.ZERO, null);
}
