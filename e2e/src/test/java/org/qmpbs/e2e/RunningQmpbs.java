package org.qmpbs.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A command that runs. */
final class RunningQmpbs {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final long POLL_MILLIS = 5;

  private final String arguments;
  private final Process process;
  private final Path out;
  private final Path err;

  RunningQmpbs(String arguments, Process process, Path out, Path err) {
    this.arguments = arguments;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits until something can be seen from outside; the command has to live until then.
   *
   * @param what for the message when it never happens
   */
  RunningQmpbs until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (!process.isAlive()) {
        throw new AssertionError(arguments + " ended before " + what + "\n" + output());
      }
      if (System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new AssertionError(arguments + ": never saw " + what + "\n" + output());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", interrupt);
      }
    }
    return this;
  }

  /** SIGKILL: nothing of the product gets to run any more. */
  Outcome kill() {
    process.destroyForcibly();
    return await();
  }

  /** SIGKILL for it and all processes that it has started, the helpers first. */
  Outcome killWithHelpers() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    return kill();
  }

  /** SIGTERM: the product may tidy up. */
  Outcome terminate() {
    askToEnd();
    return await();
  }

  /** SIGTERM without waiting for the end. */
  RunningQmpbs askToEnd() {
    process.destroy();
    return this;
  }

  /** Waits for the end. */
  Outcome await() {
    try {
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        // A thread dump tells where it hangs.
        Processes.tryRun(java.util.List.of("kill", "-QUIT", Long.toString(process.pid())));
        process.waitFor(1, TimeUnit.SECONDS);
        process.destroyForcibly();
        throw new AssertionError(arguments + " did not end in " + LIMIT + "\n" + output());
      }
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
    return new Outcome(arguments, process.exitValue(), read(out), read(err));
  }

  /** What it wrote so far. */
  String said() {
    return output();
  }

  private String output() {
    return read(out) + "\n" + read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
