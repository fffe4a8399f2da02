package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.client.memory.Indexes;
import org.qmpbs.client.memory.MemoryServer;
import org.qmpbs.client.memory.MemorySnapshot;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.ManifestFile;

class DiffCommandTest {
  private static final String OLD = "vm/100/2026-11-20T09:00:00Z";
  private static final String NEW = "vm/100/2026-11-21T09:00:00Z";
  private static final long CHUNK = Chunks.SIZE;

  private final MemoryServer server = new MemoryServer();
  private final TestHost host = new TestHost(server);
  private final MemorySnapshot old = server.snapshot(OLD);
  private final MemorySnapshot recent = server.snapshot(NEW);

  DiffCommandTest() {
    old.index("drive-scsi0.img.fidx", Indexes.of(3 * CHUNK, "a", "b", "c"))
        .index("drive-scsi1.img.fidx", Indexes.of(CHUNK, "s"))
        .index("drive-gone.img.fidx", Indexes.of(CHUNK, "g"))
        .blob("qemu-server.conf.blob", bytes("memory: 1"));
    recent
        .index("drive-scsi0.img.fidx", Indexes.of(4 * CHUNK, "a", "b2", "c", "d"))
        .index("drive-scsi1.img.fidx", Indexes.of(CHUNK, "s"))
        .blob("qemu-server.conf.blob", bytes("memory: 2"))
        .index("drive-new.img.fidx", Indexes.of(CHUNK, "n"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void theIndexesAloneTellWhatChanged() {
    assertThat(host.run("diff", OLD, "vm/100")).isZero();
    assertThat(host.out())
        .isEqualTo(
            """
            ARCHIVE                STATE           SIZE              CHANGED  RANGES
            drive-scsi0.img.fidx   changed         12 MiB -> 16 MiB  8 MiB    2
            drive-scsi1.img.fidx   same            4 MiB             -        -
            drive-gone.img.fidx    only in first   4 MiB -> none     -        -
            qemu-server.conf.blob  changed         21 B              -        -
            drive-new.img.fidx     only in second  none -> 4 MiB     -        -
            """);
    assertThat(server.chunks).as("nothing could have been fetched").isEmpty();
  }

  @Test
  void oneArchiveMayBeNamedAndItsRangesListed() {
    assertThat(host.run("diff", OLD, NEW, "drive-scsi0", "--ranges")).isZero();
    assertThat(host.out())
        .endsWith(
            """

            drive-scsi0.img.fidx
            OFFSET    LENGTH
            4194304   4194304
            12582912  4194304
            """)
        .doesNotContain("scsi1");
    assertThat(host.run("diff", OLD, NEW, "drive-gone.img")).isZero();
    assertThat(host.run("diff", OLD, NEW, "nope")).isEqualTo(3);
    assertThat(host.err()).contains("has no archive 'nope'", "drive-new.img.fidx");
  }

  @Test
  void jsonHasTheRanges() throws Exception {
    assertThat(host.run("diff", OLD, NEW, "--output-format", "json")).isZero();
    String last = host.out().lines().reduce((first, second) -> second).orElseThrow();
    JsonNode summary = new ObjectMapper().readTree(last);
    assertThat(summary.path("first").asText()).isEqualTo(OLD);
    assertThat(summary.path("archives").path(0).toString())
        .isEqualTo(
            "{\"archive\":\"drive-scsi0.img.fidx\",\"state\":\"changed\",\"bytes_first\":12582912,"
                + "\"bytes_second\":16777216,\"bytes_changed\":8388608,\"ranges\":["
                + "{\"offset\":4194304,\"length\":4194304},"
                + "{\"offset\":12582912,\"length\":4194304}]}");
    assertThat(summary.path("archives").path(2).path("bytes_second").isNull()).isTrue();
  }

  @Test
  void namesOfChunksThatAKeyMadeSayNothingAboutPlainOnes() {
    old.file(new ManifestFile("drive-x.img.fidx", CryptMode.ENCRYPT, CHUNK, Indexes.digest("1")));
    recent.file(new ManifestFile("drive-x.img.fidx", CryptMode.NONE, CHUNK, Indexes.digest("2")));
    assertThat(host.run("diff", OLD, NEW)).isEqualTo(2);
    assertThat(host.err()).contains("drive-x.img.fidx is encrypted in " + OLD + " only");
    assertThat(host.run("diff", OLD, NEW, "drive-scsi0")).isZero();
  }
}
