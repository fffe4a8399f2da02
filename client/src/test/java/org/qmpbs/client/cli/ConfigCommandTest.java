package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.client.memory.MemoryServer;

class ConfigCommandTest {
  @TempDir private Path folder;
  private final TestHost host = new TestHost(new MemoryServer());
  private Path secret;

  @BeforeEach
  void files() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    host.environment.clear();
    host.environment.put("QMPBS_CONFIG", folder.toString());
    secret = write("secret", TestHost.CANARY + "\n", "rw-------");
    config("rate: 20M");
  }

  private Path write(String name, String text, String mode) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private void config(String line) throws IOException {
    write(
        "config.yaml",
        """
        repositories:
          main:
            repository: backup@pbs!q@main.example:store1
            password-file: SECRET
        defaults:
          scratch: /srv/scratch
        machines:
          vm100:
            qmp: FOLDER/vm100.qmp
            LINE
        """
            .replace("SECRET", secret.toString())
            .replace("FOLDER", folder.toString())
            .replace("LINE", line),
        "rw-r--r--");
  }

  private JsonNode summary() throws IOException {
    String[] lines = host.out().split("\n", -1);
    return new ObjectMapper().readTree(lines[lines.length - 2]);
  }

  @Test
  void checkSaysWhatIsWrongAndWhereAndWithWhichCode() throws Exception {
    config("rat: 20M");
    assertThat(host.run("config", "check")).isEqualTo(2);
    assertThat(host.out())
        .contains(
            folder
                + "/config.yaml:10:5: error: machines.vm100.rat: unknown key 'rat'; did you mean"
                + " 'rate'?",
            "what to do: ",
            "1 machine, 1 error, 0 warnings; with errors, no machine and no server is asked.");
    assertThat(host.run("config", "check", "--output-format=json")).isEqualTo(2);
    JsonNode finding = summary().path("findings").path(0);
    assertThat(finding.path("where").path("line").asInt()).isEqualTo(10);
    assertThat(finding.path("where").path("column").asInt()).isEqualTo(5);
    assertThat(finding.path("key").asText()).isEqualTo("machines.vm100.rat");
    assertThat(finding.path("severity").asText()).isEqualTo("error");
    assertThat(summary().path("asked").asBoolean()).isFalse();
  }

  /** What only the command itself knows is found before the night. */
  @Test
  void checkFindsWhatTheBackupWouldRefuse() throws Exception {
    config("freeze: require");
    assertThat(host.run("config", "check", "--offline")).isEqualTo(2);
    assertThat(host.out())
        .contains(
            "config.yaml:8:3: error: machines.vm100: --freeze require needs the guest's agent");
    config("freeze-timeout: 1h");
    assertThat(host.run("config", "check", "--offline")).isEqualTo(2);
    config("backup-id: a/b");
    assertThat(host.run("config", "check", "--offline")).isEqualTo(2);
    config("disk: --exclude");
    assertThat(host.run("config", "check", "--offline")).isEqualTo(2);
    config("retry: 1000");
    assertThat(host.run("config", "check", "--offline")).isEqualTo(2);
    assertThat(host.out()).contains("--retry 1000 is not between 0 and 100");
  }

  @Test
  void checkAsksServersWithTheSecretOfTheirOwnAndMonitors() throws Exception {
    host.environment.put("PBS_PASSWORD", "other");
    assertThat(host.run("config", "check")).as(host::out).isEqualTo(3);
    assertThat(host.out()).contains("config.yaml:9:10: error: machines.vm100.qmp: ");
    assertThat(host.login.repository()).hasToString("backup@pbs!q@main.example:store1");
    assertThat(host.run("config", "check", "--offline")).isZero();
    assertThat(host.out()).contains("1 machine, 0 errors, 0 warnings.");
    config("when-off: skip");
    assertThat(host.run("config", "check")).as(host::out).isZero();
    assertThat(host.out()).contains("config.yaml:9:10: warning: machines.vm100.qmp: ");

    host.servers =
        login -> {
          throw new java.net.ConnectException("connection refused");
        };
    assertThat(host.run("config", "check")).isEqualTo(7);
    assertThat(host.out())
        .contains("config.yaml:2:3: error: repositories.main: connection refused");
  }

  @Test
  void aSocketThatIsThereAndNotAMonitorIsAnErrorEvenOfAMachineThatMayBeOff() throws Exception {
    config("when-off: skip");
    Path path = folder.resolve("vm100.qmp");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(path));
      Thread speaker =
          new Thread(
              () -> {
                try (var peer = socket.accept()) {
                  peer.write(java.nio.ByteBuffer.wrap("220 mail\r\n".getBytes()));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      speaker.start();
      assertThat(host.run("config", "check")).as(host::out).isEqualTo(3);
      speaker.join();
    }
  }

  @Test
  void secretsThatAreNotThereOrEverybodysAreSaidWithoutAServer() throws Exception {
    write("secret", TestHost.CANARY, "rw-r--r--");
    assertThat(host.run("config", "check", "--offline")).isZero();
    assertThat(host.out())
        .contains("config.yaml:4:20: warning: main.password-file: everybody on this host can read")
        .doesNotContain(TestHost.CANARY);
    Files.delete(secret);
    assertThat(host.run("config", "check", "--offline")).isEqualTo(2);
    assertThat(host.out()).contains("error: main.password-file: there is no " + secret);
  }

  @Test
  void showSaysWhereEachValueComesFrom() throws Exception {
    host.environment.put("QMPBS_DEADLINE", "2h");
    String[] command = {
      "config", "show", "--effective", "vm100", "--retry", "7", "--disk=a", "--disk=b"
    };
    assertThat(host.run(command)).as(host::err).isZero();
    assertThat(host.out().replace(folder.toString(), "F"))
        .containsPattern("rate +20M +F/config.yaml:10:11\n")
        .containsPattern("scratch +/srv/scratch +F/config.yaml:6:12\n")
        .containsPattern("deadline +2h +QMPBS_DEADLINE\n")
        .containsPattern("retry +7 +--retry\n")
        .containsPattern("disk +a b +--disk\n")
        .containsPattern("backup-type +vm +built-in\n")
        .containsPattern("backup-id +vm100 +built-in\n")
        .containsPattern("repository +main +built-in\n")
        .containsPattern("repository password-file +F/secret +F/config.yaml:4:20\n")
        .contains("= qmpbs backup --qmp=F/vm100.qmp ")
        .doesNotContain(TestHost.CANARY);
    assertThat(host.run("config", "show")).isZero();
    assertThat(host.out()).doesNotContain("backup-type");
    assertThat(host.run("config", "show", "--effective", "--output-format", "json")).isZero();
    JsonNode machine = summary().path("machines").path(0);
    assertThat(machine.path("name").asText()).isEqualTo("vm100");
    assertThat(machine.path("repository").path("name").asText()).isEqualTo("main");
    assertThat(machine.path("settings").toString())
        .contains(
            "{\"key\":\"freeze\",\"value\":null,\"meaning\":\"try with --agent-socket, off"
                + " without\",\"from\":{\"built_in\":true}}",
            "{\"key\":\"deadline\",\"value\":\"2h\",\"from\":{\"variable\":\"QMPBS_DEADLINE\"}}");
  }

  @Test
  void showRefusesWhatCheckRefuses() throws Exception {
    assertThat(host.run("config", "show", "vm10")).isEqualTo(2);
    assertThat(host.err()).contains("no machine 'vm10' is configured", "There are: vm100");
    config("password: hunter2");
    assertThat(host.run("config", "show")).isEqualTo(2);
    assertThat(host.err())
        .contains("the configuration has an error: ", ":10:5: a secret must not stand")
        .doesNotContain("hunter2");
    assertThat(host.run("config", "show", "--config", folder.resolve("none").toString()))
        .isEqualTo(3);
    assertThat(host.run("config")).isEqualTo(2);
  }

  @Test
  void aBackupTakesItsOptionsFromVariablesUnlessTheyAreGiven() {
    host.environment.put("QMPBS_RATE", "fast");
    assertThat(host.run("backup", "--qmp", "/run/x", "--backup-id", "1")).isEqualTo(2);
    assertThat(host.err()).contains("QMPBS_RATE: 'fast' is not a size");
    assertThat(host.run("backup", "--qmp", "/run/x", "--output-format", "json")).isEqualTo(2);
    assertThat(host.out()).contains("\"kind\":\"usage\"", "QMPBS_RATE");
    assertThat(host.run("backup", "--help")).isZero();
    host.environment.put("QMPBS_RATE", "1M");
    host.environment.put("QMPBS_FREEZE", "require");
    host.environment.put("QMPBS_QMP", "/run/x");
    assertThat(host.run("backup", "--backup-id", "1")).isEqualTo(2);
    assertThat(host.err()).contains("--freeze require needs the guest's agent");
    host.environment.put("QMPBS_RETRY", "1000");
    assertThat(host.run("backup", "--backup-id", "1", "--freeze", "off")).isEqualTo(2);
    assertThat(host.err()).contains("--retry 1000");
    assertThat(host.run("backup", "--backup-id", "1", "--freeze", "off", "--retry=0", "--unknown"))
        .isEqualTo(2);
    assertThat(host.err()).contains("--unknown");
  }
}
