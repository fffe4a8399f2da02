package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QemuVersion;
import org.qmpbs.qmp.QmpEvent;

/** What no QEMU that is known lets happen, and would spoil the instant if one did. */
class TakenInstantTest {
  private static final long SIZE = 1 << 20;

  /** A machine whose disk is larger than it was. */
  private static final class Grown implements Monitor {
    @Override
    public JsonNode execute(String command, ObjectNode arguments) {
      if (command.equals("x-debug-query-block-graph")) {
        return Json.object();
      }
      if (command.equals("query-named-block-nodes")) {
        ObjectNode node = Json.object("node-name", "n0").put("drv", "qcow2");
        node.putObject("image").put("virtual-size", 2 * SIZE);
        return Json.array(List.of(node));
      }
      return Json.array(List.of());
    }

    @Override
    public QemuVersion version() {
      return new QemuVersion(10, 0, 0, "");
    }

    @Override
    public Optional<QmpEvent> awaitEvent(Predicate<QmpEvent> wanted, Duration atMost) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  /** Finds nothing wrong. */
  private static final class Content implements PointInTime {
    @Override
    public Optional<String> backing(Part part) {
      return Optional.empty();
    }

    @Override
    public void take(List<Part> parts) {}

    @Override
    public void open(Part part) {}

    @Override
    public String dataNode(Part part) {
      return "n0";
    }

    @Override
    public String listNode(Part part) {
      return "n0";
    }

    @Override
    public String witnessExport(Part part) {
      return "e0";
    }

    @Override
    public boolean isLive() {
      return true;
    }

    @Override
    public void checkState(Part part, BlockGraph graph) {}
  }

  @Test
  void aDiskThatWasResizedAfterAllEndsTheInstant() throws IOException {
    Disk disk = new Disk("vd0", "/d", "", "n0", "n0", "qcow2", "/f", SIZE, true, List.of());
    Part part = new Part(0, new DiskRequest(disk, "new", true, null));
    Path nowhere = Path.of("/nonexistent/nbd");
    try (TakenInstant instant =
        new TakenInstant(
            new Grown(),
            TwoDisks.RUN,
            nowhere,
            Duration.ofSeconds(1),
            new Content(),
            List.of(part),
            List.of())) {
      assertThatThrownBy(instant::verify)
          .isInstanceOf(PointInTimeBrokenException.class)
          .hasMessageContaining("size changed from " + SIZE + " to " + 2 * SIZE);
    }
  }
}
