package org.qmpbs.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Small programs that are run to their end. */
final class Processes {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Processes() {}

  /** Runs a program that has to succeed and returns what it printed. */
  static String run(List<String> command) {
    Result result = tryRun(command);
    if (result.status() != 0) {
      throw new IllegalStateException(
          String.join(" ", command) + ": status " + result.status() + "\n" + result.output());
    }
    return result.output();
  }

  /** Runs a program that may fail. Its standard output and errors come as one text. */
  static Result tryRun(List<String> command) {
    try {
      Path output = Files.createTempFile("qmpbs-e2e-", ".out");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
          throw new IllegalStateException(String.join(" ", command) + ": not done after " + LIMIT);
        }
        return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
      } finally {
        Files.delete(output);
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
  }

  /** How a program ended and what it printed. */
  record Result(int status, String output) {}
}
