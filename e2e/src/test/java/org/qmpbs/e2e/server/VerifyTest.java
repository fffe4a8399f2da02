package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

/** Verification of what a real server wrote, and of what was damaged since. */
class VerifyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VERIFY = "/admin/datastore/golden/verify";
  private static final String SIGNED = "backup-type=vm&backup-id=signed";
  private static final long TIME = 1_700_000_000;

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock(1_763_716_000);
  private Path store;
  private EmbeddedServer server;
  private TestClient client;
  private TaskWatcher tasks;

  @BeforeEach
  void start() throws IOException {
    store = folder.resolve("golden");
    GoldenStore.copyTo(store);
    server =
        EmbeddedServer.builder(folder)
            .datastore("golden", store)
            .token("test@pbs!tok", "s")
            .token("else@pbs!tok", "s", Privilege.BACKUP)
            .clock(clock)
            .start();
    client = new TestClient(server.port(), "test@pbs!tok", "s");
    tasks = new TaskWatcher(client);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Path chunk(String index, int number) throws IOException {
    Digest digest = FixedIndex.parse(Files.readAllBytes(store.resolve(index))).digest(number);
    return store.resolve(".chunks").resolve(digest.hex().substring(0, 4)).resolve(digest.hex());
  }

  private JsonNode verification(String id, String namespace) throws IOException {
    return JSON.readTree(
            client
                .rest(
                    "GET", "/admin/datastore/golden/snapshots?backup-id=" + id + "&ns=" + namespace)
                .body())
        .path("data")
        .path(0)
        .path("verification");
  }

  @Test
  void allThatARealServerWroteIsSoundEncryptedOrNot() throws IOException {
    String upid = tasks.start(VERIFY, "ignore-verified=false");
    assertThat(upid)
        .matches(
            "UPID:localhost:[0-9A-F]{8}:[0-9A-F]{8,9}:00000000:6920[0-9A-F]{4}"
                + ":verify:golden:test@pbs!tok:");
    assertThat(tasks.await(upid)).isEqualTo("OK");
    assertThat(tasks.log(upid))
        .endsWith("TASK OK")
        .contains("verify golden:vm/nested/2023-11-14T22:13:20Z");
    for (String id : List.of("plain", "encrypted", "signed")) {
      assertThat(verification(id, "").path("state").asText()).as(id).isEqualTo("ok");
      assertThat(verification(id, "").path("upid").asText()).isEqualTo(upid);
    }
    assertThat(verification("nested", "a/b").path("state").asText()).isEqualTo("ok");
  }

  @Test
  void aDamagedChunkIsPutAsideAndTheNextBackupMendsIt() throws IOException {
    Path chunk = chunk("vm/signed/2023-11-14T22:13:20Z/drive-scsi0.img.fidx", 2);
    byte[] sound = Files.readAllBytes(chunk);
    byte[] damaged = sound.clone();
    damaged[sound.length - 1] ^= 1;
    Files.write(chunk, damaged);
    String upid = tasks.start(VERIFY, SIGNED);
    assertThat(tasks.await(upid))
        .isEqualTo("verification failed - please check the log for details");
    Path aside = chunk.resolveSibling(chunk.getFileName() + ".0.bad");
    assertThat(tasks.log(upid))
        .contains(
            "can't verify chunk, load failed - store 'golden', unable to load chunk '"
                + chunk.getFileName()
                + "' - Data blob has wrong CRC checksum.",
            "corrupted chunk renamed to \"" + aside + "\"",
            "verify golden:vm/signed/2023-11-14T22:13:20Z/drive-scsi0.img.fidx failed: chunks could"
                + " not be verified",
            "Failed to verify the following snapshots/groups:",
            "\tvm/signed/2023-11-14T22:13:20Z",
            "TASK ERROR: verification failed - please check the log for details");
    assertThat(chunk).doesNotExist();
    assertThat(aside).hasBinaryContent(damaged);
    assertThat(verification("signed", "").path("state").asText()).isEqualTo("failed");
    try (RawSession session = client.backup("golden", "vm/signed", TIME + 1)) {
      assertThat(session.call("GET", "/previous_backup_time").text()).isEqualTo("{\"data\":null}");
      session.call("POST", "/fixed_index?archive-name=a.img.fidx&size=524800");
      RawSession.Answer uploaded =
          session.call(
              "POST",
              TestClient.chunkPath(1, chunk.getFileName().toString(), 524_800, sound.length),
              "",
              sound);
      assertThat(uploaded.status()).as(uploaded.text()).isEqualTo(200);
    }
    assertThat(chunk).hasBinaryContent(sound);
    String again = tasks.start(VERIFY, SIGNED + "&ignore-verified=false");
    assertThat(tasks.await(again)).isEqualTo("OK");
    assertThat(verification("signed", "").path("state").asText()).isEqualTo("ok");
  }

  @Test
  void aDamagedFileAndAMissingChunkAreFound() throws IOException {
    Files.delete(chunk("vm/plain/2023-11-14T22:13:20Z/drive-scsi0.img.fidx", 1));
    Path blob = store.resolve("vm/encrypted/2023-11-14T22:13:20Z/qemu-server.conf.blob");
    byte[] bytes = Files.readAllBytes(blob);
    bytes[50] ^= 1;
    Files.write(blob, bytes);
    String upid = tasks.start(VERIFY, "");
    tasks.await(upid);
    assertThat(tasks.log(upid))
        .contains(
            "\tvm/encrypted/2023-11-14T22:13:20Z",
            "\tvm/plain/2023-11-14T22:13:20Z",
            "\tns/a/ns/b/vm/nested/2023-11-14T22:13:20Z")
        .doesNotContain("\tvm/encrypted/2023-11-14T22:15:00Z");
  }

  @Test
  void whatWasVerifiedIsPassedOverUntilItIsOld() throws IOException {
    String snapshot = SIGNED + "&backup-time=" + TIME;
    tasks.await(tasks.start(VERIFY, snapshot));
    String skipped = "SKIPPED: verify golden:vm/signed/2023-11-14T22:13:20Z (recently verified)";
    clock.advance(Duration.ofDays(30));
    String second = tasks.start(VERIFY, snapshot + "&outdated-after=30");
    tasks.await(second);
    assertThat(tasks.log(second)).containsExactly(skipped, "TASK OK");
    assertThat(second).contains(":verify_snapshot:golden\\x3a-vm-signed-6553F100:");
    clock.advance(Duration.ofDays(1));
    String third = tasks.start(VERIFY, snapshot + "&outdated-after=30");
    tasks.await(third);
    assertThat(tasks.log(third)).doesNotContain(skipped);
  }

  @Test
  void onlyTheOwnGroupsAreVerifiedWithoutTheRight() throws IOException {
    TestClient other = new TestClient(server.port(), "else@pbs!tok", "s");
    TaskWatcher theirs = new TaskWatcher(other);
    assertThat(other.rest("POST", VERIFY, SIGNED).body())
        .isEqualTo("backup owner check failed (else@pbs!tok != test@pbs!tok)");
    String upid = theirs.start(VERIFY, "ignore-verified=0");
    assertThat(theirs.await(upid)).isEqualTo("OK");
    assertThat(theirs.log(upid)).containsExactly("TASK OK");
    assertThat(client.rest("POST", VERIFY, "backup-type=vm").body())
        .isEqualTo("parameters do not specify a backup group or snapshot");
  }

  @Test
  void anIndexThatCannotBeReadHereIsNoFailureOfItsSnapshot() throws Exception {
    Path snapshot = store.resolve("vm/signed/2023-11-14T22:13:20Z");
    ObjectNode manifest = Manifests.load(snapshot).document();
    ((ObjectNode) manifest.path("files").path(0)).put("filename", "root.pxar.didx");
    Files.write(snapshot.resolve(Manifests.NAME), TestData.blob(Manifests.write(manifest)));
    assertThat(tasks.await(tasks.start(VERIFY, SIGNED)))
        .isEqualTo(
            "cannot verify golden:vm/signed/2023-11-14T22:13:20Z/root.pxar.didx: this server has no"
                + " dynamic indexes");
    assertThat(verification("signed", "").isMissingNode()).isTrue();
  }

  /** What a signature covers, and the signature itself. */
  private static JsonNode signed(JsonNode manifest) {
    return ((ObjectNode) manifest.deepCopy()).without("unprotected");
  }

  /** Signature and fingerprint are what a client trusts; the server must not touch them. */
  @Test
  void theServersChangesLeaveSignatureAndKeyAlone() throws Exception {
    Path snapshot = store.resolve("vm/encrypted/2023-11-14T22:15:00Z");
    JsonNode before = Manifests.load(snapshot).document();
    String parameters = "backup-type=vm&backup-id=encrypted&backup-time=1700000100";
    client.rest("PUT", "/admin/datastore/golden/notes", parameters + "&notes=x");
    tasks.await(tasks.start(VERIFY, parameters));
    JsonNode after = Manifests.load(snapshot).document();
    assertThat(before.path("signature").asText()).hasSize(64);
    assertThat(signed(after)).isEqualTo(signed(before));
    assertThat(after.path("unprotected").path("key-fingerprint").asText())
        .isEqualTo(before.path("unprotected").path("key-fingerprint").asText())
        .isNotEmpty();
    assertThat(after.path("unprotected").path("notes").asText()).isEqualTo("x");
    assertThat(client.rest("GET", "/admin/datastore/golden/snapshots?backup-id=encrypted").body())
        .contains(
            "\"fingerprint\":" + before.path("unprotected").path("key-fingerprint"),
            "\"comment\":\"x\"");
  }
}
