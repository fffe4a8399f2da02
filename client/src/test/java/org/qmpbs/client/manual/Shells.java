package org.qmpbs.client.manual;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Real programs that read what was made. */
final class Shells {
  private Shells() {}

  /** {@code program}; the test is skipped where it is not installed. */
  static String needed(String program) {
    boolean there =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    Assumptions.assumeTrue(there, () -> program + " is not installed");
    return program;
  }

  /** What a program says, errors too; one that hangs is ended. */
  static String run(String... command) throws IOException, InterruptedException {
    List<String> bounded = new ArrayList<>(List.of("timeout", "60"));
    bounded.addAll(Arrays.asList(command));
    Process process =
        new ProcessBuilder(bounded)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return out;
  }
}
