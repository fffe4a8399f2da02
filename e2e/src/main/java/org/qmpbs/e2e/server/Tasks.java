package org.qmpbs.e2e.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The server's tasks, the last of them; they are forgotten when it ends. Thread-safe. */
final class Tasks implements AutoCloseable {
  /** The node that every path of a task may name. */
  static final String NODE = "localhost";

  /** Enough for a demo of months; a task of a thousand lines is some 100 KiB. */
  private static final int CAPACITY = 1000;

  private static final long GRACE_SECONDS = 30;

  /** Position of the start time behind the command in {@code /proc/self/stat}, see proc(5). */
  private static final int START_FIELD = 19;

  private final Clock clock;
  private final ZoneId zone;
  private final long processStart = processStart();
  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "pbs-server-task");
            thread.setDaemon(true);
            return thread;
          });
  private long nextId;

  Tasks(Clock clock, ZoneId zone) {
    this.clock = clock;
    this.zone = zone;
  }

  /** What a task does; a refusal is its failure. */
  @FunctionalInterface
  interface Work {
    void run(Task task) throws Refused, IOException;
  }

  /** Does it on a thread of its own, and returns at once. */
  Upid start(String type, String id, String authId, Work work) {
    Task task = add(type, id, authId);
    threads.execute(() -> run(task, work));
    return task.upid();
  }

  /** Does it here. */
  void run(String type, String id, String authId, Work work) {
    run(add(type, id, authId), work);
  }

  private synchronized Task add(String type, String id, String authId) {
    Upid upid =
        new Upid(
            NODE,
            ProcessHandle.current().pid(),
            processStart,
            nextId++,
            clock.instant().getEpochSecond(),
            type,
            id,
            authId);
    Task task = new Task(upid, clock, zone);
    tasks.put(upid.toString(), task);
    tasks.values().removeIf(old -> tasks.size() > CAPACITY && old != task && old.end().isPresent());
    return task;
  }

  private static void run(Task task, Work work) {
    String failure = "internal error";
    try {
      failure = failure(task, work);
    } finally {
      task.finish(failure);
    }
  }

  private static @Nullable String failure(Task task, Work work) {
    try {
      work.run(task);
      return null;
    } catch (Refused e) {
      return e.text();
    } catch (IOException e) {
      return IoText.of(e);
    }
  }

  synchronized Optional<Task> find(Upid upid) {
    return Optional.ofNullable(tasks.get(upid.toString()));
  }

  /** Running ones first, then those that ended last. */
  synchronized List<Task> newestFirst() {
    List<Task> list = new ArrayList<>(tasks.values());
    list.sort(
        Comparator.comparingLong(
                (Task task) -> task.end().map(Task.End::time).orElse(Long.MAX_VALUE))
            .thenComparingLong(task -> task.upid().taskId())
            .reversed());
    return list;
  }

  /** Tells every task to stop and waits for them. */
  @Override
  public void close() {
    newestFirst().forEach(task -> task.requestStop("Server shutdown requested - aborting task"));
    threads.shutdown();
    try {
      if (!threads.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private static long processStart() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Long.parseLong(fields[START_FIELD]);
    } catch (IOException e) {
      throw new UncheckedIOException("this server needs Linux", e);
    }
  }
}
