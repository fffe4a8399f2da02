package org.qmpbs.client.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TerminalReaderTest {
  @Test
  void whatIsTypedIsTheAnswer() {
    assertThat(TerminalReader.read(() -> Optional.of("y"))).contains("y");
    assertThat(TerminalReader.<String>read(Optional::empty)).isEmpty();
  }

  @Test
  void afterAnInterruptionNothingThatIsTypedIsAnAnswer() {
    CountDownLatch typed = new CountDownLatch(1);
    Thread worker = Thread.currentThread();
    Optional<String> answer =
        TerminalReader.read(
            () -> {
              worker.interrupt();
              await(typed);
              return Optional.of("y");
            });
    assertThat(answer).isEmpty();
    assertThat(Thread.interrupted()).as("who waits is still told").isTrue();
    typed.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
