package org.qmpbs.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private final AtomicInteger lates = new AtomicInteger();

  @Test
  void whatWasDoneInTimeIsNotLateAnyMore() {
    Deadline deadline = new Deadline();
    assertThat(deadline.met()).isTrue();
    deadline.expire(lates::incrementAndGet);
    assertThat(lates).hasValue(0);
  }

  @Test
  void whatIsLateWasNotInTimeEvenWhileTheConsequenceIsStillGoingOn() {
    Deadline deadline = new Deadline();
    deadline.expire(
        () -> {
          lates.incrementAndGet();
          assertThat(deadline.met()).isFalse();
        });
    assertThat(deadline.met()).isFalse();
    assertThat(lates).hasValue(1);
  }
}
