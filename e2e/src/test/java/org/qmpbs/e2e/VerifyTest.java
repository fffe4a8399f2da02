package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.pbs.Snapshot;

/** Whatever happens to a snapshot on the server's disk, verification says it, and where. */
@DisabledIfEnvironmentVariable(
    named = "QMPBS_E2E_REPOSITORY",
    matches = ".+",
    disabledReason = "these tests reach into the embedded server's datastore")
class VerifyTest {
  private static final String PLAIN = "vm/plain/2023-11-14T22:13:20Z";
  private static final String LATER = "vm/plain/2023-11-14T22:15:00Z";
  private static final String ENCRYPTED = "vm/encrypted/2023-11-14T22:13:20Z";
  private static final String DISK = "drive-scsi0.img.fidx";
  private static final int CHUNK = 4 << 20;
  private static final int TAIL = 524_800;

  @TempDir Path folder;

  private Qmpbs qmpbs(TestServer server) {
    return server
        .qmpbs(folder)
        .with("XDG_STATE_HOME", folder.resolve("state").toString())
        .with("XDG_CONFIG_HOME", folder.resolve("config").toString());
  }

  private static Path chunk(TestServer server, String snapshot, int position) throws IOException {
    byte[] file = Files.readAllBytes(server.datastore().resolve(snapshot).resolve(DISK));
    String digest = FixedIndex.parse(file).digest(position).hex();
    return server.datastore().resolve(".chunks").resolve(digest.substring(0, 4)).resolve(digest);
  }

  private JsonNode damaged(TestServer server, String snapshot, String... more) {
    List<String> arguments = new ArrayList<>(List.of("verify", snapshot));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("--output-format", "json"));
    Outcome outcome = qmpbs(server).run(arguments.toArray(String[]::new));
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(10);
    assertThat(outcome.summary().path("success").asBoolean()).isTrue();
    assertThat(outcome.summary().path("damaged").asBoolean()).isTrue();
    return outcome.summary();
  }

  private static String places(JsonNode summary) {
    List<String> places = new ArrayList<>();
    for (JsonNode place : summary.path("damaged_ranges")) {
      for (JsonNode range : place.path("ranges")) {
        places.add(
            place.path("kind").asText() + " " + range.path("offset") + "+" + range.path("length"));
      }
    }
    places.sort(null);
    return String.join(", ", places);
  }

  @Test
  void whatARealServerWroteIsGood() {
    try (TestServer server = TestServer.serveGolden(folder)) {
      assertThat(qmpbs(server).run("verify", "vm/plain").assertDone().out())
          .contains("verified: " + LATER + ", every byte", "3 of 3 chunks");
      assertThat(qmpbs(server).run("verify", "vm/nested", "--ns", "a/b").assertDone().out())
          .contains("every byte");
      Outcome half = qmpbs(server).run("verify", PLAIN, "--subset", "34%").assertDone();
      assertThat(half.out()).contains("2 of 2 chunks are good (the snapshot has 3)");
    }
  }

  @Test
  void flippedTruncatedAndMissingChunksAreToldApart() throws IOException {
    try (TestServer server = TestServer.serveGolden(folder)) {
      Path first = chunk(server, PLAIN, 0);
      byte[] bytes = Files.readAllBytes(first);
      bytes[bytes.length / 2] ^= 1;
      Files.write(first, bytes);
      Files.delete(chunk(server, PLAIN, 1));
      Path tail = chunk(server, PLAIN, 2);
      Files.write(tail, Arrays.copyOf(Files.readAllBytes(tail), 1000));
      JsonNode summary = damaged(server, PLAIN);
      assertThat(places(summary))
          .isEqualTo(
              "corrupt 0+"
                  + CHUNK
                  + ", corrupt "
                  + 2 * CHUNK
                  + "+"
                  + TAIL
                  + ", missing "
                  + CHUNK
                  + "+"
                  + CHUNK);
      assertThat(summary.path("shared_by").toString()).contains(LATER);
    }
  }

  @Test
  void aWholeChunkInThePlaceOfAnotherIsNoticed() throws IOException {
    try (TestServer server = TestServer.serveGolden(folder)) {
      byte[] other = Files.readAllBytes(chunk(server, LATER, 1));
      Files.write(chunk(server, PLAIN, 1), other);
      assertThat(places(damaged(server, PLAIN))).isEqualTo("wrong-content " + CHUNK + "+" + CHUNK);
      qmpbs(server).run("verify", LATER).assertDone();
    }
  }

  @Test
  void aDamagedIndexIsDamageOfItsArchive() throws IOException {
    try (TestServer server = TestServer.serveGolden(folder)) {
      Path index = server.datastore().resolve(PLAIN).resolve(DISK);
      byte[] bytes = Files.readAllBytes(index);
      bytes[bytes.length - 1] ^= 1;
      Files.write(index, bytes);
      JsonNode summary = damaged(server, PLAIN);
      assertThat(summary.at("/damaged_archives/0/archive").asText()).isEqualTo(DISK);
      assertThat(summary.path("archives").toString()).contains("qemu-server.conf.blob");
    }
  }

  @Test
  void anEncryptedSnapshotIsVerifiedWithItsKeyAndRefusedWithout() throws IOException {
    try (TestServer server = TestServer.serveGolden(folder)) {
      Path key = folder.resolve("key.json");
      Files.copy(VerifyTest.class.getResourceAsStream("/golden/keys/scrypt.json"), key);
      Qmpbs withPassphrase = qmpbs(server).with("PBS_ENCRYPTION_PASSWORD", "golden-pass");
      String[] verify = {"verify", ENCRYPTED, "--keyfile", key.toString()};
      assertThat(withPassphrase.run(verify).assertDone().out())
          .contains("every byte, and its signature");
      assertThat(qmpbs(server).run("verify", ENCRYPTED).assertExit(4).err()).contains("key");
      Path first = chunk(server, ENCRYPTED, 0);
      byte[] bytes = Files.readAllBytes(first);
      bytes[bytes.length / 2] ^= 1;
      Files.write(first, bytes);
      assertThat(withPassphrase.run(verify).exitCode()).isEqualTo(10);
    }
  }

  @Test
  void aKilledVerificationIsGoneOnWith() throws Exception {
    try (TestServer server = TestServer.start(folder.resolve("server"))) {
      byte[] image = new byte[6 * CHUNK];
      new Random(5).nextBytes(image);
      Snapshot snapshot = ForeignClient.backUp(server, "vm/killed", DISK, image);
      Path record = folder.resolve("record");
      String[] verify = {"verify", snapshot.toString(), "--state", record.toString()};
      String[] slowly = Arrays.copyOf(verify, verify.length + 2);
      slowly[verify.length] = "--rate";
      slowly[verify.length + 1] = "1M";
      qmpbs(server).start(slowly).until("a record", () -> Files.exists(record)).kill();
      assertThat(record).exists();
      long before = chunkCalls(server);
      Outcome second = qmpbs(server).run(verify).assertDone();
      assertThat(second.out()).contains("found good by an earlier run", "6 of 6 chunks");
      assertThat(chunkCalls(server) - before).isBetween(1L, 5L);
      assertThat(record).doesNotExist();
      assertThat(qmpbs(server).run(verify).assertDone().out()).doesNotContain("earlier run");
    }
  }

  private static long chunkCalls(TestServer server) {
    return server.calls().stream().filter(call -> call.startsWith("GET /chunk")).count();
  }

  @Test
  void twoSnapshotsAreComparedWithoutTheirChunks() throws IOException {
    try (TestServer server = TestServer.serveGolden(folder)) {
      Outcome diff = qmpbs(server).run("diff", PLAIN, LATER, "--output-format", "json");
      JsonNode disk = diff.assertDone().summary().path("archives").path(0);
      for (JsonNode archive : diff.summary().path("archives")) {
        disk = archive.path("archive").asText().equals(DISK) ? archive : disk;
      }
      assertThat(disk.path("ranges").toString())
          .isEqualTo("[{\"offset\":" + CHUNK + ",\"length\":" + CHUNK + "}]");
      assertThat(chunkCalls(server)).isZero();
      String sealed = "vm/encrypted/2023-11-14T22:15:00Z";
      assertThat(qmpbs(server).run("diff", ENCRYPTED, sealed).assertDone().out())
          .contains("changed");
      assertThat(qmpbs(server).run("diff", PLAIN, ENCRYPTED).assertExit(2).err())
          .contains("is encrypted in " + ENCRYPTED + " only");
    }
  }

  @Test
  void aBenchmarkLeavesNothingOnTheServer() {
    try (TestServer server = TestServer.start(folder.resolve("server"))) {
      Outcome outcome =
          qmpbs(server).run("benchmark", "--time", "1s", "--output-format", "json").assertDone();
      for (String name :
          List.of("tls", "sha256", "compress", "decompress", "aes256_gcm", "verify")) {
        assertThat(outcome.summary().path(name).path("speed").asDouble()).as(name).isPositive();
        assertThat(outcome.summary().path(name).path("top").asDouble()).as(name).isPositive();
      }
      server.awaitNoSession();
      Outcome listed = qmpbs(server).run("snapshots", "--output-format", "json").assertDone();
      assertThat(listed.summary().path("snapshots")).isEmpty();
    }
  }

  @Test
  void aLogIsStoredOnceAndOnlyWithTheKeyWhereTheSnapshotHasOne() throws IOException {
    try (TestServer server = TestServer.serveGolden(folder)) {
      Path log = Files.writeString(folder.resolve("run.log"), "all went well\n");
      qmpbs(server).run("upload-log", PLAIN, log.toString()).assertDone();
      assertThat(server.datastore().resolve(PLAIN).resolve("client.log.blob")).exists();
      assertThat(qmpbs(server).run("upload-log", PLAIN, log.toString()).exitCode()).isNotZero();
      assertThat(qmpbs(server).run("upload-log", ENCRYPTED, log.toString()).assertExit(2).err())
          .contains("--keyfile");
    }
  }

  @Test
  void theServersOwnVerificationHasTheSameExitCodes() throws IOException {
    try (TestServer server = TestServer.serveGolden(folder)) {
      assertThat(qmpbs(server).run("verify", PLAIN, "--on-server").assertDone().out())
          .contains("verified by the server: " + PLAIN);
      Path first = chunk(server, PLAIN, 0);
      byte[] bytes = Files.readAllBytes(first);
      bytes[bytes.length / 2] ^= 1;
      Files.write(first, bytes);
      Outcome outcome = qmpbs(server).run("verify", PLAIN, "--on-server");
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(10);
      assertThat(outcome.out()).contains("DAMAGED: " + PLAIN);
      assertThat(places(damaged(server, PLAIN)))
          .as("the server has set it aside")
          .isEqualTo("missing 0+" + CHUNK);
    }
  }

  @Test
  void aBackupStoresWhatItSaidAndNoSecret() throws IOException {
    try (TestServer server = TestServer.start(folder.resolve("server"));
        QemuMachine machine =
            QemuMachine.in(folder).disk(DiskPlan.of("alpha", ImageFormat.QCOW2, CHUNK)).start()) {
      Stage stage = new Stage(folder, server);
      String snapshot = stage.backup(machine).snapshot();
      String log = new String(storedLog(server, snapshot), StandardCharsets.UTF_8);
      assertThat(log)
          .contains("full read", "drive-alpha.img", snapshot)
          .doesNotContain(server.environment().get("PBS_PASSWORD"));
      String silent = stage.backup(machine, "--no-log").snapshot();
      assertThat(logFile(server, silent)).doesNotExist();
    }
  }

  private static Path logFile(TestServer server, String snapshot) {
    return server.datastore().resolve(snapshot).resolve("client.log.blob");
  }

  private static byte[] storedLog(TestServer server, String snapshot) throws IOException {
    return Blob.decode(Files.readAllBytes(logFile(server, snapshot)), Blob.MAX_BLOB);
  }
}
