package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.qmpbs.machine.Machine;
import picocli.CommandLine.Option;

/** A node of a running machine in place of an image that nobody has open. */
final class LiveOptions {
  /** A monitor that is slower than this is in trouble that the user wants to hear of. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Option(
      names = "--qmp",
      paramLabel = "SOCKET",
      description = "Monitor socket of the machine that has the image open; instead of FILENAME.")
  private @Nullable Path qmp;

  @Option(
      names = "--node",
      paramLabel = "NAME",
      description =
          "Block node of the image in that machine, as in qmpbs status --output-format json.")
  private @Nullable String node;

  /** Whether a running machine is meant. */
  boolean given() throws UsageException {
    if ((qmp == null) != (node == null)) {
      throw new UsageException(
          "--qmp and --node go together",
          "Name the machine's monitor socket and the node, or an image instead of both.");
    }
    return qmp != null;
  }

  String node() {
    return String.valueOf(node);
  }

  Machine connect() throws IOException {
    if (qmp == null) {
      throw new IllegalStateException("asked for a machine that was not given");
    }
    return Machine.connect(qmp, TIMEOUT);
  }

  /**
   * Checks the words that are not options.
   *
   * @param names what the words have to be, without FILENAME
   * @param usage how the command is used
   */
  List<String> words(@Nullable List<String> words, List<String> names, String usage)
      throws UsageException {
    List<String> given = words == null ? List.of() : words;
    int expected = names.size() + (given() ? 0 : 1);
    if (given.size() == expected) {
      return given;
    }
    String all = given() ? String.join(" and ", names) : String.join(" and ", withFile(names));
    throw new UsageException(
        "expected "
            + (expected == 0 ? "no FILENAME beside --qmp and --node" : all)
            + ", found "
            + (given.isEmpty() ? "nothing" : "'" + String.join("' '", given) + "'"),
        "Use: " + usage);
  }

  private static List<String> withFile(List<String> names) {
    return Stream.concat(Stream.of("FILENAME"), names.stream()).toList();
  }
}
