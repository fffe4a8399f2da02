package org.qmpbs.client.backup;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Time that passes only while somebody sleeps. */
final class FakeTicker implements RateLimiter.Ticker {
  private Instant now;
  private Duration slept = Duration.ZERO;

  FakeTicker(long epochSecond) {
    this.now = Instant.ofEpochSecond(epochSecond);
  }

  @Override
  public synchronized long nanos() {
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  @Override
  public synchronized void sleep(Duration duration) {
    now = now.plus(duration);
    slept = slept.plus(duration);
  }

  synchronized Duration slept() {
    return slept;
  }

  Clock clock() {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        synchronized (FakeTicker.this) {
          return now;
        }
      }
    };
  }
}
