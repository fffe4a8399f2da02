package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.qmp.QmpClient;

/** With a real QEMU. */
class StatusCommandTest {
  @TempDir private Path directory;
  private final TestHost host = new TestHost();
  private Process qemu;

  @BeforeEach
  void startQemu() throws Exception {
    Files.write(directory.resolve("disk.raw"), new byte[1 << 20]);
    qemu =
        new ProcessBuilder(
                "qemu-system-x86_64",
                "-nodefaults",
                "-display",
                "none",
                "-S",
                "-name",
                "web1",
                "-qmp",
                "unix:qmp,server=on,wait=off",
                "-drive",
                "if=none,id=d0,file=disk.raw,format=raw",
                "-device",
                "virtio-blk-pci,drive=d0,id=disk0")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    while (Files.notExists(directory.resolve("qmp"))) {
      assertThat(qemu.waitFor(10, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  @AfterEach
  void endQemu() throws Exception {
    qemu.destroyForcibly().waitFor();
  }

  @Test
  void showsTheMachineAndItsDisksToPeopleAndPrograms() throws Exception {
    host.environment.clear();
    String socket = directory.resolve("qmp").toString();
    assertThat(host.run("status", "--qmp", socket)).isZero();
    assertThat(host.out()).contains("machine: web1, prelaunch", "disk0  1 MiB  raw");
    assertThat(host.run("status", "--qmp", socket, "--output-format", "json")).isZero();
    JsonNode summary = new ObjectMapper().readTree(host.out());
    assertThat(summary.path("disks").path(0).path("name").asText()).isEqualTo("disk0");
    assertThat(summary.path("disks").path(0).path("bytes_size").asLong()).isEqualTo(1 << 20);
    assertThat(summary.path("leftovers").path("runs")).isEmpty();
    assertThat(summary.path("strategy").asText()).isIn("job-filter", "overlay-with-probe");
  }

  @Test
  void leftoversThatTheNextBackupRemovesAreNoRefusal() throws Exception {
    host.environment.clear();
    Path socket = directory.resolve("qmp");
    try (QmpClient monitor =
        QmpClient.connect(socket, Duration.ofSeconds(10), Duration.ofSeconds(10))) {
      monitor.execute(
          "blockdev-add",
          JsonNodeFactory.instance
              .objectNode()
              .put("driver", "null-co")
              .put("node-name", "qmpbs-0123abcd-s0"));
    }
    assertThat(host.run("status", "--qmp", socket.toString())).isZero();
    assertThat(host.out()).contains("run 0123abcd").doesNotContain("would be refused");
  }
}
