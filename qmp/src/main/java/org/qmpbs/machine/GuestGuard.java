package org.qmpbs.machine;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.qmpbs.qmp.Monitor;

/**
 * Makes sure that a machine that we stop for a moment continues, and that file systems that we
 * freeze are thawed, even if this process is killed.
 *
 * <p>A second process, in its own session so that Ctrl-C does not reach it, waits at the other end
 * of a pipe. When the pipe ends without the word "done", it connects to the monitor and to the
 * guest's agent (which are free then), lets the machine continue and thaws. Nothing is stopped or
 * frozen before it has said that it is ready. If both processes are killed at once, the {@link
 * PauseMark} and the record of the freeze tell the next run.
 */
final class GuestGuard implements AutoCloseable {
  static final String READY = "ready";
  static final String DONE = "done";

  /** The last word of a process that lives, but could not thaw: the machine is not stopped. */
  static final String THAW = "thaw";

  /** A JVM starts within half a second; a loaded host may take much longer. */
  private static final Duration START = Duration.ofSeconds(30);

  /**
   * Signals of the terminal are ignored, and the session is a new one where the host has setsid.
   */
  private static final String DETACH =
      "trap '' HUP INT QUIT TERM; command -v setsid >/dev/null 2>&1 && exec setsid \"$@\"; exec"
          + " \"$@\"";

  private final Monitor monitor;
  private final PauseMark mark;
  private final Process process;
  private final Path log;
  private final Quiesce quiesce;
  private boolean ready;
  private boolean armed;
  private boolean closed;

  private GuestGuard(Monitor monitor, PauseMark mark, Process process, Path log, Quiesce quiesce) {
    this.monitor = monitor;
    this.mark = mark;
    this.process = process;
    this.log = log;
    this.quiesce = quiesce;
  }

  /**
   * Starts the second process without waiting for it.
   *
   * @param quiesce what is frozen under its guard
   * @param stateDirectory where its log appears if it has something to say
   */
  static GuestGuard start(
      Monitor monitor, String run, Path monitorSocket, Quiesce quiesce, Path stateDirectory)
      throws IOException {
    Path log = stateDirectory.resolve("qmpbs-" + run + "-guard.log");
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", DETACH, "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx24m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
    command.add(GuestGuardMain.class.getName());
    // Another directory is its working directory.
    command.addAll(List.of(monitorSocket.toAbsolutePath().toString(), run));
    quiesce
        .freezing()
        .ifPresent(
            freezing -> {
              command.add(freezing.agentSocket().toAbsolutePath().toString());
              command.add(freezing.record().toAbsolutePath().toString());
            });
    Process process =
        new ProcessBuilder(command)
            .directory(stateDirectory.toFile())
            .redirectError(log.toFile())
            .start();
    return new GuestGuard(
        monitor, new PauseMark(monitor, new RunNames(run)), process, log, quiesce);
  }

  /** Relative entries would not be found from another directory. */
  private static String classPath() {
    List<String> entries = new ArrayList<>();
    for (String property : List.of("java.class.path", "jdk.module.path")) {
      String path = System.getProperty(property, "");
      for (String entry : path.split(File.pathSeparator, -1)) {
        if (!entry.isEmpty()) {
          entries.add(Path.of(entry).toAbsolutePath().toString());
        }
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  /**
   * Stops the machine, runs the step, and lets the machine continue whatever happens. One that its
   * owner has paused meanwhile stands still already, and stays so.
   */
  void whileStopped(Steps.Step step) throws IOException {
    awaitReady();
    if (!Json.text(monitor.execute("query-status"), "status").equals("running")) {
      step.run();
      return;
    }
    mark.set();
    armed = true;
    try {
      monitor.execute("stop");
      step.run();
    } catch (IOException | RuntimeException e) {
      try {
        monitor.execute("cont");
        armed = false;
      } catch (IOException e2) {
        e.addSuppressed(e2);
      }
      throw e;
    }
    monitor.execute("cont");
    armed = false;
    mark.remove();
  }

  /** Waits until the other process stands by. */
  void awaitReady() throws IOException {
    if (ready) {
      return;
    }
    CompletableFuture<String> line = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                line.complete(firstLine(process.getInputStream()));
              } catch (IOException e) {
                line.completeExceptionally(e);
              }
            },
            "qmpbs-guard-ready");
    reader.setDaemon(true);
    reader.start();
    String said;
    try {
      said = line.get(START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw notReady(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted before anything was stopped or frozen");
    }
    if (!said.equals(READY)) {
      throw notReady(new IOException("it said '" + said + "'"));
    }
    ready = true;
  }

  private IOException notReady(Exception cause) {
    return new IOException(
        "the guard process that would let the machine continue and thaw its file systems if this"
            + " process died did not start, so nothing was stopped or frozen; its messages are in "
            + log,
        cause);
  }

  private static String firstLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n' && line.length() < 80; c = in.read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  /**
   * Ends the pipe. If the machine may still be stopped or frozen, the other process acts from now
   * on, and is not waited for: it has to wait for the end of our connection. Idempotent.
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    boolean frozen = quiesce.mayBeFrozen();
    try (OutputStream out = process.getOutputStream()) {
      if (!armed) {
        out.write(((frozen ? THAW : DONE) + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      // The other end is closed: that process has ended, and is not needed any more.
      process.destroy();
    }
    if (armed || frozen) {
      return;
    }
    try {
      if (process.waitFor(START.toSeconds(), TimeUnit.SECONDS) && Files.size(log) == 0) {
        Files.delete(log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the guard process ended");
    }
  }
}
