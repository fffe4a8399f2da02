package org.qmpbs.client.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private final AtomicLong now = new AtomicLong(-5);

  @Test
  void bytesOfAllThreadsAreSpreadOverTimeAndAPauseEarnsNoBurst() {
    RateLimiter limiter = new RateLimiter(OptionalLong.of(1000), now::get);
    assertThat(limiter.reserve(500)).isEqualTo(500_000_000L);
    assertThat(limiter.reserve(500)).isEqualTo(1_000_000_000L);
    now.addAndGet(60_000_000_000L);
    assertThat(limiter.reserve(100)).isEqualTo(100_000_000L);
  }

  @Test
  void withoutALimitNobodyWaits() {
    assertThat(new RateLimiter(OptionalLong.empty(), now::get).reserve(1 << 30)).isZero();
  }
}
