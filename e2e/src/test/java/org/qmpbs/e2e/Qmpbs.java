package org.qmpbs.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The product as a user starts it: the command line in a process of its own, which knows nothing
 * but its arguments and its environment.
 */
final class Qmpbs {
  private static final String MAIN = "org.qmpbs.client.Main";

  private final Map<String, String> environment;
  private final Path logs;
  private final String heap;

  /**
   * Makes a command line.
   *
   * @param environment added to the test's own
   * @param logs where output is kept, for whoever has to find out why a test failed
   */
  Qmpbs(Map<String, String> environment, Path logs) {
    this(environment, logs, "256m");
  }

  private Qmpbs(Map<String, String> environment, Path logs, String heap) {
    this.environment = new TreeMap<>(environment);
    this.logs = logs;
    this.heap = heap;
  }

  /** The same with another limit of Java's heap, for instance {@code 512m}. */
  Qmpbs withHeap(String newHeap) {
    return new Qmpbs(environment, logs, newHeap);
  }

  /** The same with a variable set otherwise. */
  Qmpbs with(String variable, String value) {
    Map<String, String> changed = new TreeMap<>(environment);
    changed.put(variable, value);
    return new Qmpbs(changed, logs, heap);
  }

  /** Runs a command to its end. */
  Outcome run(String... arguments) {
    return start(arguments).await();
  }

  /** Starts a command and lets it run. */
  RunningQmpbs start(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // A short life is mostly class loading: the fast compiler alone halves the time of a test run.
    command.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Xshare:auto");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    command.addAll(List.of(arguments));
    try {
      Files.createDirectories(logs);
      Path out = Files.createTempFile(logs, arguments[0] + "-", ".out");
      Path err = Path.of(out.toString().replaceFirst("\\.out$", ".err"));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      return new RunningQmpbs(String.join(" ", arguments), process, out, err);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
