package org.qmpbs.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.qmpbs.qmp.MonitorUnreachableException;
import org.qmpbs.qmp.QmpClient;

/** The other process of {@link PauseGuard}. */
final class PauseGuardMain {
  /** So long it tries to get at the monitor; then another client has it, whose sweep will act. */
  static final Duration GIVE_UP = Duration.ofSeconds(60);

  private static final Duration GREETING = Duration.ofSeconds(2);
  private static final Duration COMMAND = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private PauseGuardMain() {}

  /**
   * Waits for the end of its input.
   *
   * @param args the monitor's socket and the run id
   */
  public static void main(String[] args) throws Exception {
    Path socket = Path.of(args[0]);
    RunNames names = new RunNames(args[1]);
    System.out.println(PauseGuard.READY);
    System.out.flush();
    String word = new String(System.in.readAllBytes(), StandardCharsets.US_ASCII);
    if (word.trim().equals(PauseGuard.DONE)) {
      return;
    }
    long deadline = System.nanoTime() + GIVE_UP.toNanos();
    while (true) {
      try {
        resume(socket, names);
        return;
      } catch (MonitorUnreachableException e) {
        System.err.println("QEMU has ended: " + e.getMessage());
        return;
      } catch (IOException e) {
        if (System.nanoTime() - deadline > 0) {
          System.err.println("the machine may still be paused: " + e.getMessage());
          System.exit(1);
        }
        Thread.sleep(PAUSE.toMillis());
      }
    }
  }

  private static void resume(Path socket, RunNames names) throws IOException {
    try (QmpClient monitor = QmpClient.connect(socket, GREETING, COMMAND)) {
      if (new PauseMark(monitor, names).resume()) {
        System.err.println("a backup died while it had the machine stopped; it continues now");
      }
    }
  }
}
