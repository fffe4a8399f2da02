package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Digest;

class GarbageCollectionTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GC = "/admin/datastore/golden/gc";

  /** A day, and five minutes for clocks. */
  private static final Duration YOUTH = Duration.ofHours(24).plusMinutes(5);

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock(1_763_716_000);
  private Path store;
  private EmbeddedServer server;
  private TestClient client;
  private TaskWatcher tasks;
  private List<Path> golden;

  @BeforeEach
  void start() throws IOException {
    store = folder.resolve("golden");
    GoldenStore.copyTo(store);
    golden = chunks();
    for (Path chunk : golden) {
      accessed(chunk, Duration.ofDays(100));
    }
    server =
        EmbeddedServer.builder(folder)
            .datastore("golden", store)
            .token("test@pbs!tok", "s")
            .token("test@pbs!backup", "s", Privilege.BACKUP)
            .clock(clock)
            .start();
    client = new TestClient(server.port(), "test@pbs!tok", "s");
    tasks = new TaskWatcher(client);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private List<Path> chunks() throws IOException {
    try (Stream<Path> files = Files.walk(store.resolve(".chunks"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private void accessed(Path file, Duration ago) throws IOException {
    Files.getFileAttributeView(file, BasicFileAttributeView.class)
        .setTimes(null, FileTime.from(clock.instant().minus(ago)), null);
  }

  private Path garbage(String name, Duration ago) throws IOException {
    Path path = store.resolve(".chunks").resolve(name.substring(0, 4)).resolve(name);
    Files.createDirectories(path.resolveSibling("."));
    Files.write(path, new byte[100]);
    accessed(path, ago);
    return path;
  }

  private JsonNode collect() throws IOException {
    String upid = tasks.start(GC, "");
    assertThat(tasks.await(upid)).isEqualTo("OK");
    return JSON.readTree(client.rest("GET", GC).body()).path("data");
  }

  @Test
  void whatSnapshotsNeedStaysHoweverOldItIs() throws IOException {
    JsonNode status = collect();
    assertThat(chunks()).isEqualTo(golden);
    assertThat(status.path("disk-chunks").asInt()).isEqualTo(golden.size());
    assertThat(status.path("index-file-count").asInt()).isEqualTo(6);
    assertThat(status.path("index-data-bytes").asLong()).isEqualTo(6 * 8_913_408L);
    assertThat(status.path("store").asText()).isEqualTo("golden");
    assertThat(status.path("last-run-state").asText()).isEqualTo("OK");
    assertThat(tasks.await(tasks.start("/admin/datastore/golden/verify", ""))).isEqualTo("OK");
  }

  @Test
  void garbageGoesAfterADayAndFiveMinutes() throws IOException {
    Path old = garbage("0".repeat(64), YOUTH.plusSeconds(1));
    Path young = garbage("1".repeat(64), YOUTH);
    Path bad = garbage("2".repeat(64) + ".0.bad", YOUTH.plusSeconds(1));
    JsonNode status = collect();
    assertThat(old).doesNotExist();
    assertThat(bad).doesNotExist();
    assertThat(young).exists();
    assertThat(status.path("removed-chunks").asInt()).isEqualTo(1);
    assertThat(status.path("removed-bad").asInt()).isEqualTo(1);
    assertThat(status.path("removed-bytes").asInt()).isEqualTo(200);
    assertThat(status.path("pending-chunks").asInt()).isEqualTo(1);
    assertThat(status.path("pending-bytes").asInt()).isEqualTo(100);
  }

  @Test
  void aSnapshotThatIsGoneGivesItsChunksBack() throws IOException {
    for (String group : List.of("plain", "signed", "encrypted")) {
      client.rest("DELETE", "/admin/datastore/golden/groups?backup-type=vm&backup-id=" + group);
    }
    assertThat(collect().path("removed-chunks").asInt()).isEqualTo(golden.size() - 3);
    assertThat(chunks()).hasSize(3);
    assertThat(tasks.await(tasks.start("/admin/datastore/golden/verify", ""))).isEqualTo("OK");
  }

  @Test
  void aChunkThatARunningBackupUploadedStays() throws IOException {
    byte[] plain = TestData.chunk(7);
    byte[] encoded = TestData.blob(plain);
    try (RawSession session = client.backup("golden", "vm/new", 1_763_000_000)) {
      session.call("POST", "/fixed_index?archive-name=a.img.fidx&size=4194304");
      session.call("POST", TestClient.chunkPath(1, plain, encoded), "", encoded);
      clock.advance(Duration.ofDays(3));
      for (Path chunk : golden) {
        accessed(chunk, Duration.ofDays(100));
      }
      assertThat(collect().path("removed-chunks").asInt()).isZero();
      String hex = Digest.sha256(plain).hex();
      assertThat(store.resolve(".chunks").resolve(hex.substring(0, 4)).resolve(hex)).exists();
    }
  }

  @Test
  void aMissingChunkIsAWarningAndKeepsItsBadCopies() throws IOException {
    Path chunk = golden.get(0);
    Path bad = chunk.resolveSibling(chunk.getFileName() + ".3.bad");
    Files.move(chunk, bad);
    String upid = tasks.start(GC, "");
    assertThat(tasks.await(upid)).startsWith("WARNINGS: ");
    assertThat(tasks.log(upid).toString())
        .contains("WARN: warning: unable to access non-existent chunk " + chunk.getFileName());
    assertThat(bad).exists();
  }

  @Test
  void anUnknownKindOfIndexStopsItBeforeAnythingIsRemoved() throws IOException {
    Files.write(store.resolve("vm/plain/2023-11-14T22:13:20Z/root.pxar.didx"), new byte[4096]);
    Path old = garbage("0".repeat(64), Duration.ofDays(9));
    assertThat(tasks.await(tasks.start(GC, ""))).contains("root.pxar.didx");
    assertThat(old).exists();
    assertThat(client.rest("GET", GC).body()).contains("\"upid\":null");
  }

  @Test
  void itNeedsTheRightAndSurvivesARestart() throws IOException {
    TestClient backup = new TestClient(server.port(), "test@pbs!backup", "s");
    RawConnection.Answer refused = backup.rest("POST", GC);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).isEqualTo("permission check failed");
    assertThat(backup.rest("GET", GC).status()).isEqualTo(403);
    JsonNode before = collect();
    server.close();
    server =
        EmbeddedServer.builder(folder)
            .datastore("golden", store)
            .token("test@pbs!tok", "s")
            .clock(clock)
            .start();
    client = new TestClient(server.port(), "test@pbs!tok", "s");
    assertThat(JSON.readTree(client.rest("GET", GC).body()).path("data").path("upid"))
        .isEqualTo(before.path("upid"));
  }
}
