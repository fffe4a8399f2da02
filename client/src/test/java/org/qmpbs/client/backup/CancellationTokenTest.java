package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CancellationTokenTest {
  private final CancellationToken token = new CancellationToken();
  private final List<String> woken = new ArrayList<>();
  private final BackupException why = new JobCancelledException("why", "", null);

  @Test
  void theFirstReasonStays() {
    assertThatCode(token::check).doesNotThrowAnyException();
    token.cancel(why);
    token.cancel(new JobDeadlineException("later", "", null));
    assertThatThrownBy(token::check).isSameAs(why);
    assertThat(token.reason()).isSameAs(why);
  }

  @Test
  void wakesEverybodyWhoIsRegisteredAndNobodyElse() {
    token.onCancel(() -> woken.add("a"));
    CancellationToken.Registration gone = token.onCancel(() -> woken.add("b"));
    gone.close();
    token.cancel(why);
    assertThat(woken).containsExactly("a");
  }

  @Test
  void whoComesLateIsWokenAtOnce() {
    token.cancel(why);
    token.onCancel(() -> woken.add("late"));
    assertThat(woken).containsExactly("late");
  }

  @Test
  void nobodyWaitsForTheRateOnceTheJobIsToEnd() throws InterruptedException {
    CountDownLatch asleep = new CountDownLatch(1);
    CountDownLatch awake = new CountDownLatch(1);
    Thread sleeper =
        new Thread(
            () -> {
              asleep.countDown();
              try {
                token.ticker().sleep(Duration.ofDays(1));
                awake.countDown();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    sleeper.start();
    asleep.await();
    token.cancel(why);
    assertThat(awake.await(30, TimeUnit.SECONDS)).isTrue();
    sleeper.join();
    token.ticker().sleep(Duration.ofDays(1));
  }
}
