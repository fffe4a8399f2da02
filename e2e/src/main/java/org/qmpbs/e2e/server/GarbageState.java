package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the garbage collection of a datastore has to know: who writes since when, whether one is
 * running, and how the last one went. Thread-safe.
 */
final class GarbageState {
  private static final String FILE = ".gc-status";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final AtomicBoolean running = new AtomicBoolean();

  /** Sessions and the seconds since 1970 at which they began. */
  private final Map<Object, Long> writers = new ConcurrentHashMap<>();

  GarbageState(Path base) {
    this.file = base.resolve(FILE);
  }

  void beginWriting(Object session, long now) {
    writers.put(session, now);
  }

  void endWriting(Object session) {
    writers.remove(session);
  }

  OptionalLong oldestWriter() {
    return writers.values().stream().mapToLong(Long::longValue).min();
  }

  /** False if one is running. */
  boolean begin() {
    return running.compareAndSet(false, true);
  }

  void end() {
    running.set(false);
  }

  /** Numbers of the last collection that came to its end; zeros before the first. */
  ObjectNode lastOrZeros() throws IOException {
    return Files.exists(file)
        ? JSON.readValue(Files.readAllBytes(file), ObjectNode.class)
        : GarbageCollection.status(Map.of()).putNull("upid");
  }

  void save(ObjectNode status) throws IOException {
    AtomicFiles.replace(file, JSON.writeValueAsBytes(status), false);
  }
}
