package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.client.rate.FakeTicker;
import org.qmpbs.qmp.MonitorUnreachableException;

class PatientConnectorTest {
  private final FakeTicker ticker = new FakeTicker(1_700_000_000L);
  private int attempts;

  @TempDir private Path folder;

  /** The real one at a socket that appears after some attempts. */
  private MachinePort connectAfter(int failures, Path monitor) throws IOException {
    attempts++;
    return attempts <= failures
        ? QemuMachine.connect(folder.resolve("qmp"))
        : new FakeMachine(new Steps()).connect(monitor);
  }

  private PatientConnector waiting(int failures, Duration wait) {
    return new PatientConnector(monitor -> connectAfter(failures, monitor), wait, ticker);
  }

  @Test
  void waitsForTheMonitorOfAMachineThatIsBeingStarted() throws IOException {
    waiting(20, Duration.ofSeconds(30)).connect(folder).close();
    assertThat(attempts).isEqualTo(21);
    assertThat(ticker.slept()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void givesUpAfterTheTimeAndAtOnceWithoutOne() {
    assertThatThrownBy(() -> waiting(1000, Duration.ofSeconds(3)).connect(folder))
        .isInstanceOf(MonitorUnreachableException.class);
    assertThat(ticker.slept()).isEqualTo(Duration.ofSeconds(3));
    attempts = 0;
    assertThatThrownBy(() -> waiting(1000, Duration.ZERO).connect(folder))
        .isInstanceOf(MonitorUnreachableException.class);
    assertThat(attempts).isEqualTo(1);
  }
}
