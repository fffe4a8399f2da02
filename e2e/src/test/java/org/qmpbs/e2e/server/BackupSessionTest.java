package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Digest;

class BackupSessionTest {
  private static final String GROUP = "vm/t1";
  private static final long TIME = 1_700_000_000;
  private static final byte[] FIRST = TestData.chunk(1);
  private static final byte[] LAST = TestData.random(2, 1000);
  private static final long SIZE = (long) FIRST.length + LAST.length;

  @TempDir Path folder;
  private EmbeddedServer server;
  private TestClient client;
  private volatile Faults faults = Faults.NONE;

  @BeforeEach
  void start() throws IOException {
    server =
        EmbeddedServer.builder(folder)
            .datastore("store1", folder.resolve("store1"))
            .token("a@pbs!t", "s3cret%:x")
            .token("b@pbs!t", "other")
            .faults(call -> faults.before(call))
            .start();
    client = new TestClient(server.port(), "a@pbs!t", "s3cret%25:x");
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Path snapshot(String time) {
    return folder.resolve("store1/vm/t1").resolve(time);
  }

  private static void ok(RawSession.Answer answer) {
    assertThat(answer.text()).isNotNull();
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
  }

  static void uploadChunk(RawSession session, byte[] plain) throws IOException {
    byte[] encoded = TestData.blob(plain);
    ok(session.call("POST", TestClient.chunkPath(1, plain, encoded), "", encoded));
  }

  static void uploadArchive(RawSession session) throws IOException {
    ok(session.call("POST", "/fixed_index?archive-name=a.img.fidx&size=" + SIZE));
    uploadChunk(session, FIRST);
    uploadChunk(session, LAST);
    ok(
        session.json(
            "PUT",
            "/fixed_index",
            "{\"wid\":1,\"digest-list\":[\""
                + Digest.sha256(FIRST)
                + "\",\""
                + Digest.sha256(LAST)
                + "\"],\"offset-list\":[0,4194304]}"));
    ok(
        session.call(
            "POST",
            "/fixed_close?wid=1&chunk-count=2&size="
                + SIZE
                + "&csum="
                + TestData.checksum(FIRST, LAST)));
  }

  static void uploadManifest(RawSession session, long time) throws IOException {
    byte[] manifest = TestData.manifest("vm", "t1", time);
    ok(
        session.call(
            "POST",
            "/blob?file-name=index.json.blob&encoded-size=" + manifest.length,
            "",
            manifest));
  }

  private void backUp(long time) throws IOException {
    try (RawSession session = client.backup("store1", GROUP, time)) {
      uploadArchive(session);
      uploadManifest(session, time);
      ok(session.call("POST", "/finish"));
    }
  }

  @Test
  void aFinishedBackupIsThereForAReader() throws IOException {
    backUp(TIME);
    try (RawSession reader = client.reader("store1", GROUP, TIME)) {
      String chunk = "/chunk?digest=" + Digest.sha256(FIRST);
      assertThat(reader.call("GET", chunk).status()).isEqualTo(401);
      ok(reader.call("GET", "/download?file-name=a.img.fidx"));
      assertThat(reader.call("GET", chunk).body()).isEqualTo(TestData.blob(FIRST));
    }
  }

  @Test
  void theServerAnnouncesTheWindowsOfTheRealOne() throws IOException {
    try (RawSession session = client.backup("store1", GROUP, TIME)) {
      ok(session.call("GET", "/previous_backup_time"));
      assertThat(session.settings()).containsEntry(4, 32L << 20).containsEntry(5, 4L << 20);
      assertThat(session.connectionWindow()).isEqualTo(32L << 20);
    }
  }

  @Test
  void aKilledConnectionLeavesNoSnapshotAndNoLock() throws Exception {
    RawSession session = client.backup("store1", GROUP, TIME);
    uploadArchive(session);
    assertThat(snapshot("2023-11-14T22:13:20Z")).isDirectory();
    session.kill();
    waitUntilGone(snapshot("2023-11-14T22:13:20Z"));
    retryBackup(TIME);
    assertThat(snapshot("2023-11-14T22:13:20Z").resolve("index.json.blob")).isRegularFile();
  }

  /** The folder goes before the lock does. */
  private void retryBackup(long time) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (true) {
      try {
        backUp(time);
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline || !String.valueOf(e.getMessage()).contains("locked")) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  private static void waitUntilGone(Path path) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (Files.exists(path)) {
      assertThat(System.nanoTime()).as("still there: " + path).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void twoGroupsAreBackedUpAtATime() throws IOException {
    try (RawSession one = client.backup("store1", GROUP, TIME);
        RawSession two = client.backup("store1", "vm/t2", TIME)) {
      uploadArchive(one);
      uploadArchive(two);
      uploadManifest(one, TIME);
      uploadManifest(two, TIME);
      ok(one.call("POST", "/finish"));
      ok(two.call("POST", "/finish"));
    }
    assertThat(client.rest("GET", "/admin/datastore/store1/groups").body())
        .contains("\"t1\"", "\"t2\"");
  }

  @Test
  void theLocksAreGoneAtFinishAndNotOnlyAtTheEndOfTheConnection() throws IOException {
    try (RawSession session = client.backup("store1", GROUP, TIME)) {
      uploadArchive(session);
      uploadManifest(session, TIME);
      ok(session.call("POST", "/finish"));
      backUp(TIME + 1);
    }
  }

  @Test
  void theManifestTellsWhatWasUploaded() throws Exception {
    backUp(TIME);
    backUp(TIME + 1);
    long manifest = TestData.manifest("vm", "t1", TIME).length;
    String size = "\"size\":" + (SIZE + manifest);
    assertThat(statistics("2023-11-14T22:13:20Z"))
        .isEqualTo("{\"compressed_size\":4195328,\"count\":2,\"duplicates\":0," + size + "}");
    assertThat(statistics("2023-11-14T22:13:21Z"))
        .isEqualTo("{\"compressed_size\":4195328,\"count\":2,\"duplicates\":2," + size + "}");
  }

  private String statistics(String time) throws Exception {
    return Manifests.load(snapshot(time)).unprotected().path("chunk_upload_stats").toString();
  }

  /** A memory file system, as 65536 folders take minutes on a slow disk. */
  @Test
  void allChunkFoldersAreMadeForARealServer() throws IOException {
    Path memory = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(memory));
    Path store = Files.createTempDirectory(memory, "qmpbs-store");
    try {
      EmbeddedServer.builder(folder.resolve("other"))
          .datastore("all", store)
          .allChunkFolders(true)
          .start()
          .close();
      assertThat(store.resolve(".chunks").toFile().list()).hasSize(65_536).contains("0000", "ffff");
    } finally {
      AtomicFiles.removeTree(store);
    }
  }

  @Test
  void callsOfOneSessionRunInParallel() throws IOException {
    try (RawSession session = client.backup("store1", GROUP, TIME)) {
      ok(session.call("POST", "/fixed_index?archive-name=a.img.fidx&size=" + SIZE));
      byte[] one = TestData.blob(FIRST);
      byte[] two = TestData.blob(LAST);
      int first = session.start("POST", TestClient.chunkPath(1, FIRST, one), "", false);
      int second = session.start("POST", TestClient.chunkPath(1, LAST, two), "", false);
      session.send(second, two, true);
      ok(session.await(second));
      session.send(first, one, true);
      ok(session.await(first));
    }
  }

  @Test
  void anotherTokensGroupIsRefused() throws IOException {
    backUp(TIME);
    TestClient other = new TestClient(server.port(), "b@pbs!t", "other");
    assertThatThrownBy(() -> other.backup("store1", GROUP, TIME + 1))
        .hasMessage("400 backup owner check failed (b@pbs!t != a@pbs!t)");
  }

  @Test
  void aSnapshotThatFailedVerificationIsNoBase() throws IOException {
    backUp(TIME);
    server.recordVerification("store1", "", "vm", "t1", TIME, false);
    try (RawSession session = client.backup("store1", GROUP, TIME + 1)) {
      assertThat(session.call("GET", "/previous_backup_time").text()).isEqualTo("{\"data\":null}");
    }
    server.recordVerification("store1", "", "vm", "t1", TIME, true);
  }

  @Test
  void theBaseCannotBeRemovedDuringABackup() throws IOException {
    backUp(TIME);
    String snapshot = "?backup-type=vm&backup-id=t1&backup-time=" + TIME;
    try (RawSession session = client.backup("store1", GROUP, TIME + 1)) {
      ok(session.call("GET", "/previous_backup_time"));
      RawConnection.Answer answer =
          client.rest("DELETE", "/admin/datastore/store1/snapshots" + snapshot);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).startsWith("failed to delete snapshot - \"while destroying");
    }
  }

  @Test
  void aBaseThatVanishedFailsTheFinish() throws IOException {
    backUp(TIME);
    try (RawSession session = client.backup("store1", GROUP, TIME + 1)) {
      uploadArchive(session);
      uploadManifest(session, TIME + 1);
      AtomicFiles.removeTree(snapshot("2023-11-14T22:13:20Z"));
      assertThat(session.call("POST", "/finish").text())
          .isEqualTo(
              "base snapshot vm/t1/2023-11-14T22:13:20Z was removed during backup, cannot finish"
                  + " as chunks might be missing");
    }
  }

  @Test
  void removingTheLastSnapshotRemovesTheGroup() throws IOException {
    backUp(TIME);
    RawConnection.Answer answer =
        client.rest(
            "DELETE",
            "/admin/datastore/store1/snapshots?backup-type=vm&backup-id=t1&backup-time=" + TIME);
    assertThat(answer.body()).isEqualTo("{\"data\":null}");
    assertThat(folder.resolve("store1/vm/t1")).doesNotExist();
  }

  @Test
  void aRestartedServerHasTheSameCertificateAndData() throws IOException {
    backUp(TIME);
    String fingerprint = server.fingerprint();
    server.close();
    start();
    assertThat(server.fingerprint())
        .isEqualTo(fingerprint)
        .matches("([0-9a-f]{2}:){31}[0-9a-f]{2}");
    try (RawSession session = client.backup("store1", GROUP, TIME + 1)) {
      assertThat(session.call("GET", "/previous_backup_time").text())
          .isEqualTo("{\"data\":" + TIME + "}");
    }
  }

  @Test
  void closingTheServerRemovesUnfinishedSnapshots() throws IOException {
    try (RawSession session = client.backup("store1", GROUP, TIME)) {
      uploadArchive(session);
      server.close();
      assertThat(snapshot("2023-11-14T22:13:20Z")).doesNotExist();
    }
  }

  @Test
  void oneFolderIsNotServedTwice() {
    assertThatThrownBy(
            () ->
                EmbeddedServer.builder(folder).datastore("again", folder.resolve("store1")).start())
        .hasMessageContaining("store1");
  }

  @Test
  void aCallIsAnsweredAsTheTestWants() throws IOException {
    faults = call -> call.path().equals("/finish") ? new Fault.Answer(500, "no") : new Fault.None();
    try (RawSession session = client.backup("store1", GROUP, TIME)) {
      RawSession.Answer answer = session.call("POST", "/finish");
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.text()).isEqualTo("no");
    }
    assertThat(server.calls()).endsWith("POST /finish");
  }

  @Test
  void anUploadIsCutWhereTheTestWants() throws IOException {
    faults =
        call ->
            call.path().equals("/fixed_chunk") ? new Fault.CutUpload(100_000) : new Fault.None();
    try (RawSession session = client.backup("store1", GROUP, TIME)) {
      ok(session.call("POST", "/fixed_index?archive-name=a.img.fidx&size=" + SIZE));
      assertThatThrownBy(() -> uploadChunk(session, FIRST)).isInstanceOf(IOException.class);
    }
    waitUntilGone(snapshot("2023-11-14T22:13:20Z"));
  }

  @Test
  void aSwallowedFinishHasHappened() throws IOException {
    faults = call -> call.path().equals("/finish") ? new Fault.SwallowAnswer() : new Fault.None();
    try (RawSession session = client.backup("store1", GROUP, TIME)) {
      uploadArchive(session);
      uploadManifest(session, TIME);
      assertThatThrownBy(() -> session.call("POST", "/finish")).isInstanceOf(IOException.class);
    }
    faults = Faults.NONE;
    try (RawSession session = client.backup("store1", GROUP, TIME + 1)) {
      assertThat(session.call("GET", "/previous_backup_time").text()).contains("" + TIME);
    }
  }

  @Test
  void aDelayedCallHoldsUpNoOther() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    faults =
        call -> {
          if (call.path().equals("/speedtest")) {
            try {
              held.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          return new Fault.Delay(Duration.ofMillis(1));
        };
    try (RawSession session = client.backup("store1", GROUP, TIME)) {
      int slow = session.start("POST", "/speedtest", "", true);
      ok(session.call("GET", "/previous_backup_time"));
      held.countDown();
      ok(session.await(slow));
    }
  }
}
