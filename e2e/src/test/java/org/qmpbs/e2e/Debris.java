package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds what a backup left behind in QEMU and on the host. */
final class Debris {
  /** Bitmaps that outlive a backup. */
  private static final String EPOCH = "qmpbs:";

  /** Everything that must not. */
  private static final String TRANSIENT = "qmpbs-";

  private Debris() {}

  /**
   * Nothing of a backup is left but {@code bitmaps} epoch bitmaps per disk and target, the guest's
   * devices are on their own nodes again, and the machine runs.
   */
  static void assertNoneIn(QemuMachine machine, Path scratch, int bitmaps) {
    machine.assertUnharmed();
    assertThat(transientNames(machine.monitor())).as("left in QEMU").isEmpty();
    assertThat(filesIn(scratch)).as("left in the scratch folder").isEmpty();
    for (MachineDisk disk : machine.disks()) {
      assertThat(rootNode(machine.monitor(), disk))
          .as("node under the device of %s", disk.plan().name())
          .isEqualTo(disk.rootNode());
      Map<String, Integer> perTarget = epochBitmaps(machine.monitor(), disk);
      if (bitmaps == 0) {
        assertThat(perTarget).as("bitmaps of %s", disk.plan().name()).isEmpty();
      } else {
        assertThat(perTarget).as("bitmaps of %s", disk.plan().name()).isNotEmpty();
        assertThat(perTarget.values())
            .as("bitmaps per target of %s", disk.plan().name())
            .containsOnly(bitmaps);
      }
    }
  }

  /** Names of nodes, jobs, exports and bitmaps that belong to one run only, and the NBD server. */
  static List<String> transientNames(Monitor monitor) {
    List<String> found = new ArrayList<>();
    for (JsonNode node : nodes(monitor)) {
      collect(found, "node ", node.path("node-name"));
      for (JsonNode bitmap : node.path("dirty-bitmaps")) {
        collect(found, "bitmap ", bitmap.path("name"));
      }
    }
    monitor.execute("query-jobs").forEach(job -> collect(found, "job ", job.path("id")));
    monitor
        .execute("query-block-jobs")
        .forEach(job -> collect(found, "block job ", job.path("device")));
    monitor
        .execute("query-block-exports")
        .forEach(export -> collect(found, "export ", export.path("id")));
    // QEMU cannot be asked whether its NBD server runs; only stopping one that does works.
    if (!monitor.request("nbd-server-stop", Map.of()).has("error")) {
      found.add("NBD server");
    }
    return found;
  }

  private static void collect(List<String> found, String kind, JsonNode name) {
    if (name.asText().startsWith(TRANSIENT)) {
      found.add(kind + name.asText());
    }
  }

  /** How many epoch bitmaps the disk has, by target. */
  private static Map<String, Integer> epochBitmaps(Monitor monitor, MachineDisk disk) {
    Map<String, Integer> count = new TreeMap<>();
    for (JsonNode node : nodes(monitor)) {
      boolean carries =
          node.path("drv").asText().equals(disk.plan().format().driver())
              && node.at("/image/filename").asText().equals(disk.image().toString());
      if (!carries) {
        continue;
      }
      for (JsonNode bitmap : node.path("dirty-bitmaps")) {
        String name = bitmap.path("name").asText();
        if (name.startsWith(EPOCH)) {
          count.merge(name.split(":", -1)[1], 1, Integer::sum);
        }
      }
    }
    return count;
  }

  private static JsonNode nodes(Monitor monitor) {
    return monitor.execute("query-named-block-nodes", Map.of("flat", true));
  }

  private static String rootNode(Monitor monitor, MachineDisk disk) {
    for (JsonNode block : monitor.execute("query-block")) {
      if (block.path("qdev").asText().equals(disk.qdev())) {
        return block.at("/inserted/node-name").asText();
      }
    }
    throw new AssertionError("the device of " + disk.plan().name() + " is gone");
  }

  private static List<String> filesIn(Path folder) {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> !file.equals(folder)).map(Path::toString).toList();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
