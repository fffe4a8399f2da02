package org.qmpbs.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.qmpbs.agent.Thawing;
import org.qmpbs.qmp.MonitorUnreachableException;
import org.qmpbs.qmp.QmpClient;

/**
 * The other process of {@link GuestGuard}.
 *
 * <p>What it has to do, it tries in turns, for one may depend on the other or be blocked by
 * somebody else: a guest that is paused does not thaw, and a monitor may be in use.
 */
final class GuestGuardMain {
  /** So long it tries to get at the monitor; then another client has it, whose sweep will act. */
  static final Duration RESUME = Duration.ofSeconds(60);

  /** A guest whose storage hangs may need long to freeze, and only then does it hear of thawing. */
  static final Duration THAW = Duration.ofMinutes(10);

  private static final Duration GREETING = Duration.ofSeconds(2);
  private static final Duration COMMAND = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private GuestGuardMain() {}

  /** One thing to be undone. */
  private record Duty(String trouble, Duration patience, Steps.Step undoing) {}

  /**
   * Waits for the end of its input.
   *
   * @param args the monitor's socket and the run id; if something is to be frozen, also the agent's
   *     socket and the record of the freeze
   */
  public static void main(String[] args) throws Exception {
    Path monitor = Path.of(args[0]);
    RunNames names = new RunNames(args[1]);
    System.out.println(GuestGuard.READY);
    System.out.flush();
    String word = new String(System.in.readAllBytes(), StandardCharsets.US_ASCII).trim();
    if (word.equals(GuestGuard.DONE)) {
      return;
    }
    List<Duty> duties = new ArrayList<>();
    if (!word.equals(GuestGuard.THAW)) {
      duties.add(new Duty("the machine may still be paused", RESUME, () -> resume(monitor, names)));
    }
    if (args.length > 2) {
      Path agent = Path.of(args[2]);
      Path record = Path.of(args[3]);
      duties.add(new Duty("file systems may still be frozen", THAW, () -> thaw(agent, record)));
    }
    System.exit(fulfil(duties) ? 0 : 1);
  }

  private static boolean fulfil(List<Duty> duties) throws InterruptedException {
    long start = System.nanoTime();
    boolean all = true;
    while (true) {
      for (Duty duty : List.copyOf(duties)) {
        try {
          duty.undoing().run();
          duties.remove(duty);
        } catch (IOException e) {
          if (System.nanoTime() - start > duty.patience().toNanos()) {
            System.err.println(duty.trouble() + ": " + e.getMessage());
            duties.remove(duty);
            all = false;
          }
        }
      }
      if (duties.isEmpty()) {
        return all;
      }
      Thread.sleep(PAUSE.toMillis());
    }
  }

  private static void resume(Path socket, RunNames names) throws IOException {
    try (QmpClient monitor = QmpClient.connect(socket, GREETING, COMMAND)) {
      if (new PauseMark(monitor, names).resume()) {
        System.err.println("a backup died while it had the machine stopped; it continues now");
      }
    } catch (MonitorUnreachableException e) {
      System.err.println("QEMU has ended: " + e.getMessage());
    }
  }

  /** Without its record, the freeze never began, was undone, or is somebody else's. */
  private static void thaw(Path agent, Path record) throws IOException {
    if (Files.exists(record)) {
      if (Thawing.of(agent, Duration.ZERO) == Thawing.Result.THAWED) {
        System.err.println("a backup left the guest's file systems frozen; they are thawed now");
      }
      Files.deleteIfExists(record);
    }
  }
}
