package org.qmpbs.pbs;

import java.time.Duration;

/**
 * How long one operation may take. The deadline of a whole job is the caller's and is kept by
 * closing the session.
 *
 * @param connect TCP, TLS and the answer to the upgrade
 * @param operation one call, from its first byte to the last of its answer
 * @param ping interval of HTTP/2 keep-alive pings, an unanswered one ends the session
 */
public record Timeouts(Duration connect, Duration operation, Duration ping) {
  /** OkHttp counts milliseconds in an int. */
  private static final Duration MAX = Duration.ofMillis(Integer.MAX_VALUE);

  /** Rejects zero, which elsewhere means "forever": nothing here may wait forever. */
  public Timeouts {
    requireLimit("connect", connect);
    requireLimit("operation", operation);
    requireLimit("ping", ping);
  }

  private static void requireLimit(String name, Duration limit) {
    if (limit.toMillis() < 1 || limit.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          "the " + name + " timeout " + limit + " is not between 1 ms and 24 days");
    }
  }

  /**
   * 30 s to connect; 10 minutes for a call, because a server on slow disks or on S3 can take
   * minutes over {@code finish}; a ping every 15 s keeps NAT tables and proxies from dropping the
   * session.
   */
  public static final Timeouts DEFAULT =
      new Timeouts(Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofSeconds(15));
}
