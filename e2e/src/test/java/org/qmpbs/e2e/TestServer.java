package org.qmpbs.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.e2e.server.EmbeddedServer;
import org.qmpbs.e2e.server.Faults;

/**
 * The backup server of a test: the embedded one, or the real one that the environment names. Each
 * test works in groups of its own, so a real datastore may be shared by many runs.
 */
final class TestServer implements AutoCloseable {
  private static final String AUTH_ID = "test@pbs!tok";
  private static final String SECRET = "6c1c8f1e-3a3c-4d0f-9d6c-0f9c8f3b2a10";
  private static final String STORE = "e2e";
  private static final String NO_FOLDER = "/var/empty";
  private static final Duration SESSION_LIMIT = Duration.ofSeconds(20);

  private final Map<String, String> environment;
  private final @Nullable EmbeddedServer embedded;

  private TestServer(Map<String, String> environment, @Nullable EmbeddedServer embedded) {
    this.environment = environment;
    this.embedded = embedded;
  }

  /**
   * A server to write to.
   *
   * @param folder where the embedded server keeps its data
   */
  static TestServer start(Path folder) {
    return real().orElseGet(() -> embedded(folder, folder.resolve("datastore"), Faults.NONE));
  }

  /** The embedded server on a copy of the golden datastore, made in {@code folder}. */
  static TestServer serveGolden(Path folder) {
    return embedded(folder, Golden.copyDatastore(folder.resolve("golden")), Faults.NONE);
  }

  /** The embedded server, always, for a real one does not fail on command. */
  static TestServer failing(Path folder, Faults faults) {
    return embedded(folder, folder.resolve("datastore"), faults);
  }

  private static Optional<TestServer> real() {
    String repository = System.getenv("QMPBS_E2E_REPOSITORY");
    if (repository == null || repository.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new TestServer(
            settings(
                repository,
                System.getenv("QMPBS_E2E_PASSWORD"),
                System.getenv("QMPBS_E2E_FINGERPRINT")),
            null));
  }

  private static TestServer embedded(Path folder, Path datastore, Faults faults) {
    try {
      EmbeddedServer server =
          EmbeddedServer.builder(folder.resolve("server"))
              .datastore(STORE, datastore)
              .token(AUTH_ID, SECRET)
              .faults(faults)
              .start();
      return new TestServer(
          settings(server.repository(AUTH_ID, STORE), SECRET, server.fingerprint()), server);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  private static Map<String, String> settings(
      String repository, String password, String fingerprint) {
    return Map.of(
        "PBS_REPOSITORY",
        repository,
        "PBS_PASSWORD",
        password,
        "PBS_FINGERPRINT",
        fingerprint,
        // Whoever runs the tests may have a default key.
        "XDG_CONFIG_HOME",
        NO_FOLDER,
        "XDG_CONFIG_DIRS",
        NO_FOLDER);
  }

  /** The variables that point a client at this server. */
  Map<String, String> environment() {
    return environment;
  }

  /** A command line pointed at this server. */
  Qmpbs qmpbs(Path folder) {
    return new Qmpbs(environment, folder.resolve("logs"));
  }

  /** An administrator removes a snapshot, {@code type/id/time}. */
  void forget(String snapshot) {
    new RestClient(environment).forget(snapshot);
  }

  /** A verification of the embedded server found a snapshot, {@code type/id/time}, damaged. */
  void failVerification(String snapshot) {
    String[] parts = snapshot.split("/", -1);
    long time = Instant.parse(parts[2]).getEpochSecond();
    try {
      embedded().recordVerification(STORE, "", parts[0], parts[1], time, false);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Where the embedded server keeps its datastore. */
  Path datastore() {
    return embedded().datastores().get(STORE);
  }

  /** All calls that the embedded server was asked for so far, for instance "POST /finish". */
  List<String> calls() {
    return embedded().calls();
  }

  /** The embedded server's TCP port. */
  int port() {
    return embedded().port();
  }

  /** Waits until the embedded server has noticed the end of all sessions. */
  void awaitNoSession() {
    long deadline = System.nanoTime() + SESSION_LIMIT.toNanos();
    while (embedded().openSessions() > 0) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("a session is still open after " + SESSION_LIMIT);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", interrupt);
      }
    }
  }

  private EmbeddedServer embedded() {
    return Optional.ofNullable(embedded)
        .orElseThrow(() -> new IllegalStateException("this is a real server"));
  }

  @Override
  public void close() {
    if (embedded != null) {
      try {
        embedded.close();
      } catch (IOException problem) {
        throw new UncheckedIOException(problem);
      }
    }
  }
}
