package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QemuVersion;
import org.qmpbs.qmp.QmpEvent;

/** The order of the transaction, which no guest of a test is quick enough to fall between. */
class JobPointTest {
  /** Accepts everything and keeps it. */
  private static final class Recorder implements Monitor {
    private final List<ObjectNode> transactions = new ArrayList<>();

    @Override
    public JsonNode execute(String command, ObjectNode arguments) {
      assertThat(command).isEqualTo("transaction");
      transactions.add(arguments);
      return Json.object();
    }

    @Override
    public QemuVersion version() {
      return new QemuVersion(10, 1, 0, "");
    }

    @Override
    public Optional<QmpEvent> awaitEvent(Predicate<QmpEvent> wanted, Duration atMost) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  private static Part part(int index) {
    Bitmap trusted = new Bitmap("old", true, true, false, false, BitmapActions.GRANULARITY, 0);
    String name = "n" + index;
    Disk disk =
        new Disk(
            name, "/d" + index, name, name, name, "qcow2", "/f", 1 << 20, true, List.of(trusted));
    return new Part(index, new DiskRequest(disk, "new", true, "old"));
  }

  @Test
  void holdsEveryDiskBeforeAnyBitmapIsTouched() throws IOException {
    Recorder monitor = new Recorder();

    new JobPoint(monitor, new RunNames("0badcafe")).take(List.of(part(0), part(1)));

    assertThat(monitor.transactions).hasSize(1);
    List<String> types = new ArrayList<>();
    for (JsonNode action : monitor.transactions.get(0).path("actions")) {
      types.add(Json.text(action, "type"));
    }
    assertThat(types)
        .startsWith("blockdev-backup", "blockdev-backup")
        .hasSize(8)
        .filteredOn("block-dirty-bitmap-merge"::equals)
        .hasSize(2);
    assertThat(types.subList(2, 8)).doesNotContain("blockdev-backup");
  }
}
