package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.FixedIndex;

/** Serves a datastore that a real server wrote. */
class GoldenDatastoreTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path store;
  private EmbeddedServer server;
  private TestClient client;

  @BeforeEach
  void start() throws Exception {
    store = folder.resolve("golden");
    GoldenStore.copyTo(store);
    server =
        EmbeddedServer.builder(folder)
            .datastore("golden", store)
            .token("test@pbs!tok", "secret")
            .token("test@pbs!other", "secret", Privilege.BACKUP)
            .start();
    client = new TestClient(server.port(), "test@pbs!tok", "secret");
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private List<Path> files(String ending) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  @Test
  void everyFileAndEveryChunkCanBeRead() throws IOException {
    List<Path> indexes = files(".fidx");
    assertThat(indexes).hasSize(6);
    for (Path index : indexes) {
      try (RawSession reader = reader(index.resolveSibling("."))) {
        for (Path file : snapshotFiles(index)) {
          assertThat(reader.call("GET", "/download?file-name=" + file.getFileName()).body())
              .isEqualTo(Files.readAllBytes(file));
        }
        FixedIndex parsed = FixedIndex.parse(Files.readAllBytes(index));
        for (int i = 0; i < parsed.chunkCount(); i++) {
          String digest = parsed.digest(i).hex();
          Path chunk = store.resolve(".chunks").resolve(digest.substring(0, 4)).resolve(digest);
          assertThat(reader.call("GET", "/chunk?digest=" + digest).body())
              .isEqualTo(Files.readAllBytes(chunk));
        }
      }
    }
  }

  private static List<Path> snapshotFiles(Path index) throws IOException {
    try (Stream<Path> files = Files.list(index.resolveSibling("."))) {
      return files.toList();
    }
  }

  private RawSession reader(Path snapshot) throws IOException {
    Path relative = store.relativize(snapshot.normalize());
    List<String> names = new ArrayList<>();
    relative.forEach(name -> names.add(name.toString()));
    int at = names.size() - 3;
    String namespace = String.join("/", names.subList(0, at)).replaceAll("(^|/)ns/", "$1");
    long time = java.time.Instant.parse(names.get(at + 2)).getEpochSecond();
    String query =
        TestClient.parameters("golden", names.get(at) + "/" + names.get(at + 1), time)
            + (namespace.isEmpty() ? "" : "&ns=" + namespace);
    return client.session("/api2/json/reader?" + query, TestClient.READER);
  }

  @Test
  void blobsAndChunksOfAllKindsHaveTheCrcThatTheServerWouldMake() throws Exception {
    List<Path> blobs = new ArrayList<>(files(".blob"));
    try (Stream<Path> chunks = Files.walk(store.resolve(".chunks"))) {
      chunks.filter(Files::isRegularFile).forEach(blobs::add);
    }
    assertThat(blobs).hasSizeGreaterThan(20);
    for (Path blob : blobs) {
      RawBlob.parse(Files.readAllBytes(blob)).verifyCrc();
    }
  }

  @Test
  void aManifestIsWrittenByteForByteAsTheRealServerWritesIt() throws Exception {
    for (Path file : files(Manifests.NAME)) {
      byte[] text = Blob.decode(Files.readAllBytes(file), Blob.MAX_BLOB);
      assertThat(new String(Manifests.write(JSON.readTree(text)), StandardCharsets.UTF_8))
          .isEqualTo(new String(text, StandardCharsets.UTF_8));
    }
  }

  @Test
  void bothFormsOfTheTokenHeaderAreTaken() throws IOException {
    for (String separator : List.of(" ", "=")) {
      try (RawConnection connection = new RawConnection(server.port())) {
        RawConnection.Answer answer =
            connection.request(
                "GET",
                "/api2/json/version",
                java.util.Map.of(
                    "Authorization", "PBSAPIToken" + separator + "test@pbs!tok:secret"),
                "");
        assertThat(answer.body())
            .isEqualTo("{\"data\":{\"release\":\"1\",\"repoid\":\"local\",\"version\":\"4.1\"}}");
      }
    }
  }

  @Test
  void aTokenWithoutTheRightSeesOnlyItsOwnGroups() throws IOException {
    TestClient other = new TestClient(server.port(), "test@pbs!other", "secret");
    assertThat(other.rest("GET", "/admin/datastore/golden/snapshots").body())
        .isEqualTo("{\"data\":[]}");
    RawConnection.Answer removal =
        other.rest(
            "DELETE",
            "/admin/datastore/golden/snapshots?backup-type=vm&backup-id=plain&backup-time=1700000000");
    assertThat(removal.status()).isEqualTo(403);
    assertThat(removal.body())
        .isEqualTo(
            "permission check failed - missing Datastore.Modify|Datastore.Prune on /datastore/golden");
  }

  @Test
  void notesAreKeptInTheManifestAndShownInTheList() throws IOException {
    String snapshot = "backup-type=vm&backup-id=signed&backup-time=1700000000";
    RawConnection.Answer set =
        client.rest("PUT", "/admin/datastore/golden/notes", snapshot + "&notes=one%0Atwo");
    assertThat(set.body()).isEqualTo("{\"data\":null}");
    assertThat(client.rest("GET", "/admin/datastore/golden/notes?" + snapshot).body())
        .isEqualTo("{\"data\":\"one\\ntwo\"}");
    assertThat(client.rest("GET", "/admin/datastore/golden/snapshots?backup-id=signed").body())
        .contains("\"comment\":\"one\"");
  }

  @Test
  void whatIsNotBuiltIsNotFound() throws IOException {
    RawConnection.Answer answer = client.rest("POST", "/admin/datastore/golden/catalog");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body())
        .isEqualTo("Path '/api2/json/admin/datastore/golden/catalog' not found.");
  }
}
