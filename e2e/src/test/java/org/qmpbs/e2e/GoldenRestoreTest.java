package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a real Proxmox Backup Server and its own client wrote comes back bit by bit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisabledIfEnvironmentVariable(
    named = "QMPBS_E2E_REPOSITORY",
    matches = ".+",
    disabledReason = "the golden datastore is served by the embedded server")
class GoldenRestoreTest {
  private static final String DISK_1 =
      "21c59b63f34c221db25047f2f508d143b97e3ac91a876280aad7ef6ed4603417";
  private static final String DISK_2 =
      "47fb8c39fff71ff4c393bc8fd524dafa0e751c98b17f08c0a6ff0de05c736616";

  private TestServer server;
  private Qmpbs qmpbs;

  @BeforeAll
  void serveACopy(@TempDir Path shared) {
    server = TestServer.serveGolden(shared);
    qmpbs = server.qmpbs(shared);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "vm/plain/2023-11-14T22:13:20Z, '', " + DISK_1,
    "vm/plain/2023-11-14T22:15:00Z, '', " + DISK_2,
    "vm/plain, '', " + DISK_2,
    "vm/signed/2023-11-14T22:13:20Z, '', " + DISK_1,
    "vm/nested/2023-11-14T22:13:20Z, a/b, " + DISK_1
  })
  void everyPlainOrSignedArchiveRestoresToItsChecksum(
      String snapshot, String namespace, String sha256, @TempDir Path folder) throws Exception {
    Path target = folder.resolve("disk.raw");
    String[] base = {"restore", snapshot, "drive-scsi0.img", target.toString()};
    String[] inNamespace = {
      "restore", snapshot, "drive-scsi0.img", target.toString(), "--ns", namespace
    };
    qmpbs.run(namespace.isEmpty() ? base : inNamespace).assertDone();
    assertThat(Checksums.sha256(target)).isEqualTo(sha256);
  }

  @ParameterizedTest
  @CsvSource({"vm/encrypted/2023-11-14T22:13:20Z", "vm/encrypted/2023-11-14T22:15:00Z"})
  void anEncryptedArchiveIsRefusedAndSaysWhy(String snapshot, @TempDir Path folder) {
    Path target = folder.resolve("disk.raw");
    Outcome outcome = qmpbs.run("restore", snapshot, "drive-scsi0.img", target.toString());
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(4);
    assertThat(outcome.err()).contains("made with key 2d:f0:29:b2:af:dc:1a:8f, none is given");
    assertThat(target).doesNotExist();
  }

  @Test
  void changedBytesOnTheServerAreNoticed(@TempDir Path folder) throws Exception {
    try (TestServer damaged = TestServer.serveGolden(folder)) {
      Golden.damageChunks(damaged.datastore());
      Path target = folder.resolve("disk.raw");
      Outcome outcome =
          damaged
              .qmpbs(folder)
              .run("restore", "vm/plain/2023-11-14T22:13:20Z", "drive-scsi0.img", target + "");
      assertThat(outcome.exitCode()).as("%s", outcome).isIn(6, 10);
      assertThat(target).doesNotExist();
    }
  }

  @Test
  void snapshotsAndFilesAreListed() {
    assertThat(qmpbs.run("snapshots").assertDone().out())
        .contains("vm/plain/2023-11-14T22:15:00Z", "vm/signed/2023-11-14T22:13:20Z");
    assertThat(qmpbs.run("snapshots", "vm/plain").assertDone().out()).doesNotContain("signed");
    assertThat(qmpbs.run("files", "vm/plain/2023-11-14T22:15:00Z").assertDone().out())
        .contains("drive-scsi0.img.fidx", "qemu-server.conf.blob");
  }
}
