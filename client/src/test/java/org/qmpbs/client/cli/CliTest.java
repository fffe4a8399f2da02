package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.client.memory.MemoryServer;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.pbs.Refusal;
import org.qmpbs.pbs.ServerProblem;

class CliTest {
  private static final String SNAPSHOT = "vm/100/2026-11-21T09:00:00Z";

  @TempDir private Path directory;
  private final MemoryServer server = new MemoryServer();
  private final TestHost host = new TestHost(server);

  CliTest() {
    server
        .snapshot(SNAPSHOT)
        .image("drive-scsi0.img.fidx", new byte[] {1, 2, 3})
        .blob("qemu-server.conf.blob", new byte[] {'x'});
  }

  private JsonNode summary() throws IOException {
    List<String> lines = host.out().lines().toList();
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backup",
        "restore",
        "snapshots",
        "files",
        "status",
        "recover",
        "version",
        "bitmap"
      })
  void theHelpOfEveryCommandEndsWithItsExitCodes(String command) {
    assertThat(host.run(command, "--help")).isZero();
    String codes = host.out().substring(host.out().indexOf("Exit codes:"));
    assertThat(codes).contains("0 ", "done").contains("2 ", "wrong use");
    assertThat(codes.lines().skip(1)).allMatch(line -> line.matches("^ +\\S.*"));
  }

  @Test
  void noCommandAndUnknownOptionsAreWrongUse() {
    assertThat(host.run()).isEqualTo(2);
    assertThat(host.err()).contains("no command was given").contains("what to do");
    assertThat(host.run("snapshots", "--nope")).isEqualTo(2);
    assertThat(host.run("snapshots", "vm")).isEqualTo(2);
    assertThat(host.err()).contains("'vm' is not a backup group");
    assertThat(host.run("backup", "--qmp", "/run/x", "--checkpoint-interval", "on")).isEqualTo(2);
    assertThat(host.err()).contains("'on' is not a duration");
    assertThat(host.run("backup", "--qmp", "/run/x", "--rate", "fast")).isEqualTo(2);
    assertThat(host.err()).contains("'fast' is not a size");
  }

  @Test
  void freezingThatMakesNoSenseIsRefusedBeforeAnythingIsTried() {
    String[][] wrong = {
      {"--freeze", "try", "needs the guest's agent"},
      {"--freeze", "require", "needs the guest's agent"},
      {"--freeze-timeout", "5s", "nothing is to be frozen"},
      {"--freeze", "maybe", "not one of off, try, require"},
      {"--agent-socket", "/run/a", "--freeze-timeout", "1h", "does harm"},
      {"--agent-socket", "/run/a", "--freeze", "off", "--freeze-timeout", "5s", "to be frozen"}
    };
    for (String[] each : wrong) {
      List<String> line = new ArrayList<>(List.of("backup", "--qmp", "/run/x", "--backup-id", "1"));
      line.addAll(Arrays.asList(each).subList(0, each.length - 1));
      assertThat(host.run(line.toArray(String[]::new))).as("%s", line).isEqualTo(2);
      assertThat(host.err()).contains(each[each.length - 1]);
    }
    assertThat(host.run("recover", "--disk", "/i.qcow2", "--agent-socket", "/run/a")).isEqualTo(2);
  }

  @Test
  void wrongUseIsToldInJsonToWhoAskedForJson() throws IOException {
    assertThat(host.run("snapshots", "--nope", "--output-format", "json")).isEqualTo(2);
    assertThat(summary().path("error").path("kind").asText()).isEqualTo("usage");
    assertThat(host.err()).isEmpty();
  }

  @Test
  void aMissingBackupIdIsSaidClearly() {
    assertThat(host.run("backup", "--qmp", "/run/x")).isEqualTo(2);
    assertThat(host.err()).contains("no backup id was given").contains("--backup-id 100");
  }

  @Test
  void snapshotsAndFilesAreTablesForPeople() {
    assertThat(host.run("snapshots")).isZero();
    assertThat(host.out())
        .isEqualTo(
            """
            SNAPSHOT                     SIZE   VERIFIED  PROTECTED  KEY  FILES
            vm/100/2026-11-21T09:00:00Z  4 KiB  ok        -          -    drive-scsi0.img.fidx qemu-server.conf.blob index.json.blob
            """);
    assertThat(host.run("files", "vm/100", "-q")).isZero();
    assertThat(host.out())
        .isEqualTo(
            """
            FILE                   SIZE  CRYPT MODE
            drive-scsi0.img.fidx   3 B   none
            qemu-server.conf.blob  13 B  none
            """);
  }

  @Test
  void snapshotsInJsonAreNamedAsTheServerNamesThem() throws IOException {
    assertThat(host.run("snapshots", "vm/100", "--output-format=json")).isZero();
    assertThat(summary().path("snapshots").toString())
        .isEqualTo(
            "[{\"backup-type\":\"vm\",\"backup-id\":\"100\",\"backup-time\":1795251600,"
                + "\"size\":4096,\"owner\":\"backup@pbs!qmpbs\",\"protected\":false,"
                + "\"verification\":{\"state\":\"ok\"},\"files\":["
                + "{\"filename\":\"drive-scsi0.img.fidx\",\"crypt-mode\":\"none\",\"size\":3},"
                + "{\"filename\":\"qemu-server.conf.blob\",\"crypt-mode\":\"none\",\"size\":13},"
                + "{\"filename\":\"index.json.blob\",\"size\":20}]}]");
  }

  @Test
  void restoresToAFileAndToStandardOutput() throws IOException {
    Path target = directory.resolve("disk.raw");
    assertThat(host.run("restore", SNAPSHOT, "drive-scsi0.img", target.toString())).isZero();
    assertThat(Files.readAllBytes(target)).containsExactly(1, 2, 3);
    assertThat(host.out()).contains("restored from " + SNAPSHOT);
    assertThat(host.run("restore", "vm/100", "drive-scsi0.img", "-")).isZero();
    assertThat(host.out.toByteArray()).containsExactly(1, 2, 3);
  }

  @Test
  void aStandardOutputThatTakesNothingFailsTheRestore() {
    host.outFails = true;
    assertThat(host.run("restore", "vm/100", "drive-scsi0.img", "-")).isEqualTo(11);
    assertThat(host.err()).contains("writing to", "incomplete").doesNotContain("every byte");
  }

  @Test
  void halfAListDoesNotPassForTheWholeOne() {
    host.outFails = true;
    for (String format : new String[] {"text", "json"}) {
      assertThat(host.run("snapshots", "--output-format", format)).isEqualTo(11);
      assertThat(host.err()).contains("only a part", "Nothing was changed", "more room");
    }
  }

  @Test
  void theNewestOfAGroupIsTheNewestFinishedOne() {
    server.snapshot("vm/100/2026-11-21T10:00:00Z").finished = false;
    assertThat(host.run("files", "vm/100")).isZero();
    assertThat(host.out()).contains("drive-scsi0.img.fidx");
    server.snapshot("vm/200/2026-11-21T10:00:00Z").finished = false;
    assertThat(host.run("files", "vm/200")).isEqualTo(3);
    assertThat(host.err()).contains("no finished snapshot of vm/200", "wait for its end");
  }

  @Test
  void aBackupTimeThatNoSnapshotCanHaveIsWrongUse() {
    for (String time : new String[] {"-5", "0", "253402300800"}) {
      assertThat(host.run("backup", "--qmp", "/x", "--backup-id", "1", "--backup-time", time))
          .isEqualTo(2);
      assertThat(host.err()).contains("backup time " + time, "--backup-time");
    }
  }

  @Test
  void aFailedRestoreSaysWhatThatMeansForTheTarget() throws IOException {
    Path target = Files.writeString(directory.resolve("disk.raw"), "old");
    assertThat(host.run("restore", "vm/100", "drive-scsi0", target.toString())).isEqualTo(11);
    assertThat(host.err()).contains("exists", "Nothing was written", "--force");
    server.hook =
        digest -> {
          throw Refusal.of(503, "maintenance mode", ServerProblem.UNAVAILABLE);
        };
    assertThat(host.run("restore", "vm/100", "drive-scsi0", target.toString(), "--force"))
        .isEqualTo(6);
    assertThat(host.err()).contains("maintenance mode", "the target is as it was before");
    assertThat(target).hasContent("old");
  }

  @Test
  void archivesAndSnapshotsThatAreNotThereAreToldWithWhatIs() {
    assertThat(host.run("restore", "vm/100", "nope", directory + "/x")).isEqualTo(3);
    assertThat(host.err()).contains("It has: drive-scsi0.img.fidx, qemu-server.conf.blob");
    assertThat(host.run("files", "vm/100/2026-11-20T09:00:00Z")).isEqualTo(3);
    assertThat(host.err()).contains("The newest of the group is " + SNAPSHOT);
    assertThat(host.run("files", "vm/999")).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"INTERRUPTED", "TERMINATED"})
  void aSignalEndsARestoreInOrder(String name) throws Exception {
    ExitCode code = ExitCode.valueOf(name);
    Thread[] signal = new Thread[1];
    server.hook =
        digest -> {
          if (signal[0] == null) {
            signal[0] = new Thread(() -> host.listeners.get(0).accept(code));
            signal[0].start();
          }
          while (!server.reader.isClosed()) {
            Thread.onSpinWait();
          }
        };
    String target = directory.resolve("disk.raw").toString();
    assertThat(host.run("restore", "vm/100", "drive-scsi0", target, "--output-format", "json"))
        .isEqualTo(code.code());
    signal[0].join();
    assertThat(summary().path("exit_code").asInt()).isEqualTo(code.code());
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void noSecretIsEverShownNotEvenWhenDebugging() {
    host.servers =
        login -> {
          throw new IllegalStateException("cannot use " + login);
        };
    for (String format : new String[] {"text", "json"}) {
      for (String[] command :
          new String[][] {
            {"snapshots"},
            {"files", "vm/100"},
            {"restore", "vm/100", "a", directory + "/x"},
            {"backup", "--qmp", "/nowhere", "--backup-id", "1"},
          }) {
        String[] args = java.util.Arrays.copyOf(command, command.length + 3);
        args[command.length] = "--debug";
        args[command.length + 1] = "--output-format";
        args[command.length + 2] = format;
        assertThat(host.run(args)).isEqualTo(1);
        assertThat(host.out() + host.err())
            .contains("cannot use Login")
            .doesNotContain(TestHost.CANARY);
      }
    }
  }

  @Test
  void statusWithoutAMachineIsNotFound() {
    assertThat(host.run("status", "--qmp", directory + "/none")).isEqualTo(3);
    assertThat(host.err()).contains("--qmp names its -qmp socket");
  }

  @Test
  void versionIsTheOneOfTheBuild() {
    assertThat(host.run("version")).isZero();
    assertThat(host.out())
        .matches("qmpbs [0-9]+\\.[0-9]+\\.[0-9]+ \\(Java .*\\)\nserver version: 4.1.1\n");
  }
}
