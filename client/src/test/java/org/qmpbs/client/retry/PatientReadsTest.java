package org.qmpbs.client.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.Refusal;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.ServerUnreachableException;
import org.qmpbs.pbs.ServerUnreachableException.Stage;

@Timeout(60)
class PatientReadsTest {
  private final Deque<IOException> failures = new ArrayDeque<>();

  private String read(PatientReads reads) throws IOException {
    return reads.call(
        () -> {
          if (!failures.isEmpty()) {
            throw failures.pop();
          }
          return "answer";
        });
  }

  private static PatientReads reads(int retries, Duration delay) {
    return new PatientReads(new Retries(retries, delay), Progress.NONE, new Random(1));
  }

  @Test
  void whatPassesByItselfIsWaitedOutAsOftenAsTheUserWants() throws IOException {
    failures.add(PbsFailures.unreachable(Stage.CONNECT));
    failures.add(Refusal.of(503, "starting", ServerProblem.NOT_READY));
    PatientReads reads = reads(3, Duration.ZERO);
    assertThat(read(reads)).isEqualTo("answer");
    failures.addAll(
        List.of(PbsFailures.unreachable(Stage.ANSWER), PbsFailures.unreachable(Stage.ANSWER)));
    assertThatThrownBy(() -> read(reads)).isInstanceOf(ServerUnreachableException.class);
    assertThat(failures).isEmpty();
  }

  @Test
  void whatWillNotPassIsTriedOnce() {
    for (ServerProblem problem :
        List.of(ServerProblem.LOGIN, ServerProblem.PERMISSION, ServerProblem.UNAVAILABLE)) {
      failures.add(Refusal.of(400, "no", problem));
      assertThatThrownBy(() -> read(reads(3, Duration.ZERO))).hasMessageContaining("no");
    }
    failures.add(PbsFailures.unreachable(Stage.NAME));
    assertThatThrownBy(() -> read(reads(3, Duration.ZERO)))
        .isInstanceOf(ServerUnreachableException.class);
  }

  @Test
  void anInterruptedCommandDoesNotWait() {
    failures.add(PbsFailures.unreachable(Stage.CONNECT));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> read(reads(1, Duration.ofHours(1))))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
