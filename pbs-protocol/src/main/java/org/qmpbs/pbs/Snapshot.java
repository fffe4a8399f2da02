package org.qmpbs.pbs;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/**
 * One backup: {@code type/id/time}.
 *
 * @param group the machine
 * @param time seconds since 1970 (UTC), printed as {@code 2025-12-02T12:12:24Z}
 */
public record Snapshot(BackupGroup group, long time) {
  /** 9999-12-31T23:59:59Z: a later year has five digits, and the server cannot print it. */
  private static final long LAST = 253_402_300_799L;

  /** Rejects times the server would reject. */
  public Snapshot {
    if (time < 1 || time > LAST) {
      throw new IllegalArgumentException(
          "backup time " + time + " is not a second between 1970 and 9999");
    }
  }

  /**
   * Parses {@code type/id/time}.
   *
   * @throws IllegalArgumentException if the text is not a snapshot path
   */
  public static Snapshot parse(String path) {
    int slash = path.lastIndexOf('/');
    if (slash < 0 || path.indexOf('/') == slash) {
      throw new IllegalArgumentException(
          "'"
              + path
              + "' is not a snapshot; expected type/id/time, for instance"
              + " vm/100/2025-12-02T12:12:24Z");
    }
    return new Snapshot(
        BackupGroup.parse(path.substring(0, slash)), parseTime(path.substring(slash + 1)));
  }

  /** Parses {@code 2025-12-02T12:12:24Z} to seconds since 1970. */
  public static long parseTime(String text) {
    try {
      return DateTimeFormatter.ISO_INSTANT.parse(text, Instant::from).getEpochSecond();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a backup time; expected UTC, for instance 2025-12-02T12:12:24Z",
          e);
    }
  }

  /** The time as it stands in paths. */
  public String timeText() {
    return DateTimeFormatter.ISO_INSTANT.format(Instant.ofEpochSecond(time));
  }

  @Override
  public String toString() {
    return group + "/" + timeText();
  }
}
