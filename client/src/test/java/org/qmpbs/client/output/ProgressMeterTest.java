package org.qmpbs.client.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.qmpbs.client.memory.ManualClock;

class ProgressMeterTest {
  private final ManualClock clock = new ManualClock();
  private final ProgressMeter meter = new ProgressMeter(clock);

  private ProgressMeter.State after(Duration time, long bytes) {
    clock.advance(time);
    meter.advance(bytes);
    return meter.sample().orElseThrow();
  }

  @Test
  void saysNothingBeforeTheFirstPhase() {
    assertThat(meter.sample()).isEmpty();
  }

  @Test
  void showsPercentRateAndTimeLeft() {
    meter.phase("reading drive-scsi0");
    meter.total(100 << 20);
    ProgressMeter.State state = after(Duration.ofSeconds(5), 25 << 20);
    assertThat(state.line())
        .isEqualTo("reading drive-scsi0:  25 %  25 MiB of 100 MiB  5 MiB/s  ETA 15 s");
  }

  @Test
  void theRateIsThatOfTheLastSeconds() {
    meter.phase("reading");
    meter.total(1 << 30);
    after(Duration.ofSeconds(100), 100 << 20);
    after(Duration.ofSeconds(10), 0);
    assertThat(after(Duration.ofSeconds(10), 0).rate()).isZero();
  }

  @Test
  void neverShowsHundredPercentBeforeTheEndNorATimeItCannotKnow() {
    meter.phase("reading");
    meter.total(1000);
    assertThat(after(Duration.ofSeconds(1), 999).percent()).isEqualTo(99);
    assertThat(after(Duration.ofSeconds(1), 1).percent()).isEqualTo(100);
    assertThat(meter.sample().orElseThrow().eta()).isEmpty();
  }

  @Test
  void aNewTotalStartsAgain() {
    meter.phase("reading");
    meter.total(10);
    after(Duration.ofSeconds(1), 10);
    meter.total(20);
    assertThat(meter.sample().orElseThrow().done()).isZero();
  }
}
