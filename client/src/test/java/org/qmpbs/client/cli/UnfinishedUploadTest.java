package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.client.memory.MemoryServer;

/** What users see of a checkpoint, and that they cannot take it for a backup. */
class UnfinishedUploadTest {
  private static final String BACKUP = "vm/100/2026-11-20T09:00:00Z";
  private static final String CHECKPOINT = "vm/100/2026-11-21T09:00:00Z";
  private static final String RECORD = "qmpbs-unfinished.json.blob";

  @TempDir private Path directory;
  private final MemoryServer server = new MemoryServer();
  private final TestHost host = new TestHost(server);

  UnfinishedUploadTest() {
    server
        .snapshot(CHECKPOINT)
        .image("drive-scsi0.unfinished.img.fidx", new byte[] {1, 2, 3})
        .blob(RECORD, new byte[] {'x'});
  }

  @Test
  void theListMarksIt() throws IOException {
    server.snapshot(BACKUP).image("drive-scsi0.img.fidx", new byte[] {1});
    assertThat(host.run("snapshots")).isZero();
    assertThat(host.out()).contains(CHECKPOINT + " UNFINISHED").doesNotContain(BACKUP + " UNF");
    assertThat(host.run("snapshots", "--output-format", "json")).isZero();
    List<String> lines = host.out().lines().toList();
    JsonNode rows = new ObjectMapper().readTree(lines.get(lines.size() - 1)).path("snapshots");
    assertThat(rows.get(0).has("unfinished")).isFalse();
    assertThat(rows.get(1).path("unfinished").asBoolean()).isTrue();
  }

  @Test
  void theNewestOfAGroupIsNeverOne() {
    server.snapshot(BACKUP).image("drive-scsi0.img.fidx", new byte[] {1});
    Path target = directory.resolve("image");
    assertThat(host.run("restore", "vm/100", "drive-scsi0.img", target.toString())).isZero();
    assertThat(target).hasSize(1);
  }

  @Test
  void aGroupThatHasNothingElseHasNoBackup() {
    assertThat(host.run("restore", "vm/100", "--all", "--target", directory.toString()))
        .isEqualTo(3);
    assertThat(host.err()).contains("no finished snapshot", "first upload was interrupted");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void itIsRefusedByItsFullNameToo() {
    for (String archive : List.of("drive-scsi0.unfinished.img", RECORD)) {
      String target = directory.resolve("image").toString();
      assertThat(host.run("restore", CHECKPOINT, archive, target)).isEqualTo(3);
      assertThat(host.err()).contains("not a backup");
    }
    assertThat(host.run("restore", CHECKPOINT, "--all", "--target", directory.toString()))
        .isEqualTo(3);
    assertThat(directory).isEmptyDirectory();
    assertThat(host.run("files", CHECKPOINT)).isZero();
  }

  /** One that is being written, or that a crash of the server left, is neither. */
  @Test
  void withoutAManifestItIsNothingYet() {
    server.snapshot("vm/100/2026-11-22T09:00:00Z").blob(RECORD, new byte[0]).finished = false;
    assertThat(host.run("snapshots")).isZero();
    assertThat(host.out().lines().filter(line -> line.contains("UNFINISHED"))).hasSize(1);
  }
}
