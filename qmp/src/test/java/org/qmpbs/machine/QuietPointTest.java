package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QemuVersion;
import org.qmpbs.qmp.QmpEvent;

/** What is stopped or frozen around the instant is undone when the instant is there. */
@Timeout(60)
class QuietPointTest {
  @TempDir Path directory;
  private final Commands monitor = new Commands();

  /** Remembers commands, and knows the state of a machine. */
  private static final class Commands implements Monitor {
    final List<String> executed = new ArrayList<>();
    String status = "running";

    @Override
    public QemuVersion version() {
      return new QemuVersion(7, 2, 0, "");
    }

    @Override
    public JsonNode execute(String command, ObjectNode arguments) {
      executed.add(command);
      return Json.object("status", status);
    }

    @Override
    public Optional<QmpEvent> awaitEvent(Predicate<QmpEvent> wanted, Duration atMost) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  /** A guest that cannot be thawed by the one who has frozen it. */
  private record CannotThaw(Path record) implements Quiesce {
    @Override
    public Optional<Freezing> freezing() {
      return Optional.of(new Freezing(record.resolveSibling("no-agent"), record));
    }

    @Override
    public void before(Guard guard) throws IOException {
      guard.awaitReady();
      Files.createFile(record);
    }

    @Override
    public void after() {}

    @Override
    public boolean mayBeFrozen() {
      return true;
    }
  }

  private GuestGuard guard(Quiesce quiesce) throws IOException {
    return GuestGuard.start(
        monitor, TwoDisks.RUN, directory.resolve("no-monitor"), quiesce, directory);
  }

  @Test
  void theGuardThawsAsSoonAsTheInstantIsTakenAndNotWhenItIsComplete() throws Exception {
    Path record = directory.resolve("freeze");
    Quiesce quiesce = new CannotThaw(record);
    try (GuestGuard guard = guard(quiesce)) {
      new QuietPoint(new JobPoint(monitor, new RunNames(TwoDisks.RUN)), quiesce, guard)
          .take(List.of());
      // The rest of a copy may last for hours, and the guard is closed after it.
      while (Files.exists(record)) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }
    assertThat(monitor.executed).containsExactly("transaction");
  }

  @Test
  void aMachineThatItsOwnerPausedMeanwhileStaysPaused() throws Exception {
    monitor.status = "paused";
    try (GuestGuard guard = guard(Quiesce.NOTHING)) {
      guard.whileStopped(() -> monitor.execute("qom-set"));
    }
    assertThat(monitor.executed).containsExactly("query-status", "qom-set");
  }

  @Test
  void aMachineThatRunsContinuesAfterAFailure() throws Exception {
    try (GuestGuard guard = guard(Quiesce.NOTHING)) {
      assertThatThrownBy(
              () ->
                  guard.whileStopped(
                      () -> {
                        throw new IOException("injected");
                      }))
          .hasMessage("injected");
    }
    assertThat(monitor.executed)
        .containsExactly("query-status", "block-dirty-bitmap-add", "stop", "cont");
  }
}
