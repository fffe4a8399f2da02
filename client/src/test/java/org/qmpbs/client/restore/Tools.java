package org.qmpbs.client.restore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Runs a program of the host. */
final class Tools {
  private Tools() {}

  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
    return said;
  }
}
