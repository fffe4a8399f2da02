package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Blob;
import org.qmpbs.client.memory.MemoryAdmin;
import org.qmpbs.client.memory.MemoryServer;
import org.qmpbs.client.memory.MemorySnapshot;
import org.qmpbs.pbs.Login;
import org.qmpbs.pbs.Refusal;
import org.qmpbs.pbs.Repository;
import org.qmpbs.pbs.Secret;
import org.qmpbs.pbs.ServerProblem;

class VerifyCommandTest {
  private static final String SNAPSHOT = "vm/100/2026-11-21T09:00:00Z";

  @TempDir private Path directory;
  private final MemoryServer server = new MemoryServer();
  private final TestHost host = new TestHost(server);
  private final MemorySnapshot snapshot = server.snapshot(SNAPSHOT);

  VerifyCommandTest() {
    snapshot.image("drive-scsi0.img.fidx", new byte[] {1, 2, 3});
  }

  @BeforeEach
  void haveAHome() {
    host.environment.put("XDG_STATE_HOME", directory.toString());
  }

  private void damage() {
    byte[] chunk = server.chunks.values().iterator().next();
    chunk[chunk.length - 1] ^= 1;
  }

  @Test
  void aGoodSnapshotIsSaidToBeGood() {
    assertThat(host.run("verify", "vm/100")).isZero();
    assertThat(host.out()).contains("1 of 1 chunks are good", "verified: " + SNAPSHOT);
    assertThat(directory.resolve("qmpbs/verify")).isEmptyDirectory();
  }

  @Test
  void damageIsShownAlsoToTheQuietAndHasAnExitCode() {
    damage();
    assertThat(host.run("verify", "vm/100", "-q")).isEqualTo(10);
    assertThat(host.out())
        .contains("drive-scsi0.img.fidx: bytes 0 to 2 (3 B): corrupt", "DAMAGED: " + SNAPSHOT)
        .contains("qmpbs verify --on-server " + SNAPSHOT);
  }

  @Test
  void aRunThatFailsSaysWhereTheNextOneGoesOn() {
    server.hook =
        digest -> {
          throw Refusal.of(503, "maintenance", ServerProblem.UNAVAILABLE);
        };
    assertThat(host.run("verify", "vm/100")).isEqualTo(6);
    assertThat(host.err()).contains("is not known", directory.toString(), "goes on there");
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() throws IOException {
    assertThat(host.run("verify", "vm/100", "--subset", "101%")).isEqualTo(2);
    assertThat(host.run("verify", "vm/100", "--on-server", "--subset", "5%")).isEqualTo(2);
    assertThat(host.err()).contains("in its own way");
    Path foreign = Files.writeString(directory.resolve("foreign"), "precious");
    assertThat(host.run("verify", "vm/100", "--state", foreign.toString())).isEqualTo(11);
    assertThat(foreign).hasContent("precious");
  }

  @Test
  void theServersVerificationIsFollowedAndJudgedByWhatItRecorded() {
    server.tasks.lines.add("verify store1:vm/100");
    snapshot.verifyUpid = MemoryAdmin.UPID.text();
    assertThat(host.run("verify", "vm/100", "--on-server")).isZero();
    assertThat(host.out()).contains("verify store1:vm/100", "verified by the server: " + SNAPSHOT);
    snapshot.verifyState = "failed";
    server.tasks.exitStatus = "verification failed - please check the log for details";
    assertThat(host.run("verify", "vm/100", "--on-server")).isEqualTo(10);
    assertThat(host.out()).contains("DAMAGED: " + SNAPSHOT, "make a backup now");
    snapshot.verifyUpid = "UPID:of:another:task";
    assertThat(host.run("verify", "vm/100", "--on-server")).isEqualTo(6);
    assertThat(host.err()).contains("the task failed: verification failed", "qmpbs task log");
  }

  @Test
  void aLogFileIsStoredWithASnapshot() throws IOException {
    Path log = Files.writeString(directory.resolve("log"), "all went well");
    assertThat(host.run("upload-log", "vm/100", log.toString())).isZero();
    assertThat(server.admin.calls).containsExactly("log of " + SNAPSHOT);
    assertThat(host.run("upload-log", "vm/100", directory + "/none")).isEqualTo(3);
    assertThat(host.run("upload-log", "vm/100", directory.toString()))
        .as("a folder is no trouble of the network")
        .isEqualTo(2);
  }

  /** What the server says of the snapshot's mode is the server's word only. */
  @Test
  void aKeyEncryptsTheLogWhateverTheServerCallsTheSnapshot() throws IOException {
    host.environment.put("XDG_CONFIG_HOME", directory.toString());
    Files.createDirectories(directory.resolve("proxmox-backup"));
    assertThat(host.run("key", "create", "--kdf", "none")).isZero();
    Path log = Files.writeString(directory.resolve("log"), "of an encrypted machine");
    assertThat(host.run("upload-log", "vm/100", log.toString())).isZero();
    assertThat(Blob.verifyEnvelope(server.admin.log).isEncrypted()).isTrue();
    assertThat(host.run("upload-log", "vm/100", log.toString(), "--crypt-mode", "none")).isZero();
    assertThat(Blob.verifyEnvelope(server.admin.log).isEncrypted()).isFalse();
  }

  @Test
  void withoutAServerABenchmarkMeasuresThisHost() {
    host.environment.remove("PBS_REPOSITORY");
    assertThat(host.run("benchmark", "--time", "1s")).isZero();
    assertThat(host.out().lines().toList()).hasSize(7);
    assertThat(host.out()).contains("not tested", "MB/s");
  }

  @Test
  void theRedactorKnowsTheSecretsOfThisProcess() {
    Login login = new Login(Repository.parse("a@pbs!t@h:s"), new Secret("token-secret"), List.of());
    Redactor redactor =
        new Redactor(login, Map.of("PBS_ENCRYPTION_PASSWORD", "passphrase\nsecond"));
    assertThat(redactor.apply("a token-secret and a passphrase, twice: passphrase"))
        .isEqualTo("a (secret) and a (secret), twice: (secret)");
  }
}
