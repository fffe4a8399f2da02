package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.qmpbs.qmp.Monitor;

/** Finds what carries our names in QEMU. */
final class Inventory {
  private Inventory() {}

  static List<String> exports(Monitor monitor, Predicate<String> wanted) throws IOException {
    return names(monitor.execute("query-block-exports"), "id", wanted);
  }

  static List<String> jobs(Monitor monitor, Predicate<String> wanted) throws IOException {
    return names(monitor.execute("query-jobs"), "id", wanted);
  }

  static boolean isOurs(String name) {
    return RunNames.runOf(name).isPresent();
  }

  static Leftovers take(Monitor monitor) throws IOException {
    List<String> exports = exports(monitor, Inventory::isOurs);
    List<String> jobs = jobs(monitor, Inventory::isOurs);
    List<String> nodes = new ArrayList<>();
    Set<Path> files = new LinkedHashSet<>();
    boolean paused = false;
    for (BlockGraph.Node node : BlockGraph.query(monitor).nodes()) {
      if (isOurs(node.name())) {
        nodes.add(node.name());
        if (node.driver().equals("file")) {
          files.add(Path.of(Json.text(node.info().path("image"), "filename")));
        }
      }
      paused |= hasPauseMark(node);
    }
    NavigableSet<String> runs = new TreeSet<>();
    for (List<String> each : List.of(exports, jobs, nodes)) {
      each.forEach(name -> RunNames.runOf(name).ifPresent(runs::add));
    }
    return new Leftovers(List.copyOf(runs), exports, jobs, nodes, List.copyOf(files), paused);
  }

  /** Such a mark lies on a scratch node only, so it goes with the node. */
  private static boolean hasPauseMark(BlockGraph.Node node) {
    for (JsonNode bitmap : node.info().path("dirty-bitmaps")) {
      String name = Json.text(bitmap, "name");
      if (RunNames.runOf(name)
          .map(run -> new RunNames(run).pauseMark())
          .filter(name::equals)
          .isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static List<String> names(JsonNode list, String member, Predicate<String> wanted) {
    List<String> names = new ArrayList<>();
    for (JsonNode each : list) {
      String name = Json.text(each, member);
      if (wanted.test(name)) {
        names.add(name);
      }
    }
    return names;
  }
}
