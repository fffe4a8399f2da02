package org.qmpbs.client.rate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Time that passes only while somebody sleeps. */
public final class FakeTicker implements RateLimiter.Ticker {
  private Instant now;
  private Duration slept = Duration.ZERO;

  public FakeTicker(long epochSecond) {
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

  public synchronized Duration slept() {
    return slept;
  }

  public Clock clock() {
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
