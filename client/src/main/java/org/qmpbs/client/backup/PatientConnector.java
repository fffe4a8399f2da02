package org.qmpbs.client.backup;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.qmp.MonitorUnreachableException;
import org.qmpbs.qmp.QmpBusyException;

/**
 * Connects to the monitor of a machine that is just being started. There is no socket at first, and
 * then one that takes connections and says nothing, until QEMU has allocated the guest's memory.
 */
final class PatientConnector implements MachinePort.Connector {
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final MachinePort.Connector machines;
  private final Duration wait;
  private final RateLimiter.Ticker ticker;

  /**
   * @param wait from the first attempt on; no attempt begins later
   */
  PatientConnector(MachinePort.Connector machines, Duration wait, RateLimiter.Ticker ticker) {
    this.machines = machines;
    this.wait = wait;
    this.ticker = ticker;
  }

  @Override
  public MachinePort connect(Path monitor) throws IOException {
    long start = ticker.nanos();
    while (true) {
      try {
        return machines.connect(monitor);
      } catch (MonitorUnreachableException | QmpBusyException e) {
        if (ticker.nanos() - start >= wait.toNanos()) {
          throw e;
        }
      }
      try {
        ticker.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for the machine's monitor");
      }
    }
  }
}
