package org.qmpbs.client.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private final FakeTicker ticker = new FakeTicker(0);

  @Test
  void withoutARateNobodyWaits() throws InterruptedException {
    RateLimiter limiter = new RateLimiter(OptionalLong.empty(), ticker);
    limiter.acquire(Long.MAX_VALUE);
    limiter.acquire(Long.MAX_VALUE);
    assertThat(ticker.slept()).isZero();
  }

  @Test
  void theFirstSecondsWorthPassesAndThenTheRateHolds() throws InterruptedException {
    RateLimiter limiter = new RateLimiter(OptionalLong.of(1000), ticker);
    limiter.acquire(1000);
    assertThat(ticker.slept()).isZero();
    limiter.acquire(500);
    limiter.acquire(1);
    assertThat(ticker.slept()).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aRequestLargerThanTheBucketPassesAndTheNextPaysForIt() throws InterruptedException {
    RateLimiter limiter = new RateLimiter(OptionalLong.of(1000), ticker);
    limiter.acquire(11_000);
    assertThat(ticker.slept()).isZero();
    limiter.acquire(1);
    assertThat(ticker.slept()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void idleTimeIsNotSavedUpForMoreThanASecond() throws InterruptedException {
    RateLimiter limiter = new RateLimiter(OptionalLong.of(1000), ticker);
    ticker.sleep(Duration.ofHours(1));
    limiter.acquire(2000);
    Duration before = ticker.slept();
    limiter.acquire(1);
    assertThat(ticker.slept().minus(before)).isEqualTo(Duration.ofSeconds(1));
  }

  @Property(tries = 200)
  void neverMoreThanTheRateAndOneBucketAndTheLastRequest(
      @ForAll @Size(min = 1, max = 50) List<@IntRange(min = 1, max = 100_000) Integer> requests,
      @ForAll @IntRange(min = 1, max = 50_000) int rate)
      throws InterruptedException {
    FakeTicker time = new FakeTicker(0);
    RateLimiter limiter = new RateLimiter(OptionalLong.of(rate), time);
    long sent = 0;
    for (int request : requests) {
      limiter.acquire(request);
      double allowed = rate + time.slept().toNanos() / 1e9 * rate + 1;
      assertThat((double) sent).isLessThanOrEqualTo(allowed);
      sent += request;
    }
  }

  @Test
  void refusesARateThatNeverSends() {
    assertThatThrownBy(() -> new RateLimiter(OptionalLong.of(0), ticker))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
