package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code qmpbs bitmap} beside a running machine, and on it. */
class BitmapCommandTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;
  private TestServer server;
  private Stage stage;
  private DiskPlan plan;
  private QemuMachine machine;
  private String image;

  @BeforeEach
  void aMachineWithABackup() {
    server = TestServer.start(folder.resolve("server"));
    stage = new Stage(folder, server);
    plan = DiskPlan.of("alpha", ImageFormat.QCOW2, 16 * MIB);
    machine = QemuMachine.in(folder).disk(plan).start();
    machine.disk("alpha").write(0, MIB);
    stage.backup(machine);
    image = machine.disk("alpha").image().toString();
  }

  @AfterEach
  void end() {
    machine.close();
    server.close();
  }

  @Test
  void anImageOfARunningMachineIsRefusedAndTheMachineItselfAsked() {
    Outcome refused = bitmap("--add", image, "mine").assertExit(11);
    assertThat(refused.err()).contains("is in use", "--qmp SOCKET --node NAME");
    bitmap("list", "--force-share", image).assertDone();

    assertThat(
            live("--add", "-g", "64k", "--disable", "--output", "json", "mine").assertDone().out())
        .isEqualTo("{\"actions-applied\": 2, \"resulting-bitmaps\": 2}\n");
    machine.disk("alpha").write(5 * MIB, 70_000);
    assertThat(live("--enable", "mine").assertDone().out()).isEmpty();
    machine.disk("alpha").write(7 * MIB, 10);
    JsonNode mine = listed("mine");
    assertThat(mine.path("granularity").asInt()).isEqualTo(65536);
    assertThat(mine.path("bytes_dirty").asInt()).isEqualTo(65536);
    assertThat(mine.path("owner").asText()).isEqualTo("unknown");

    assertThat(live("--add", "mine").assertExit(11).err()).contains("already has a bitmap mine");
    assertThat(live("--clear", "none").assertExit(3).err()).contains("No bitmap was changed");
    assertThat(bitmap("list", "--qmp", qmp(), "--node", "nope").assertExit(3).err())
        .contains("node-alpha");
    live("--remove", "mine").assertDone();
    machine.assertUnharmed();
  }

  @Test
  void theListOfAnEndedMachineTellsOursAndRemovingItMakesTheNextBackupAFullRead() {
    machine.quit();
    JsonNode row = rows(bitmap("list", image, "--output-format", "json")).get(0);
    assertThat(row.path("owner").asText()).isEqualTo("qmpbs");
    assertThat(row.path("stale").asBoolean()).isFalse();
    assertThat(row.path("state").asText()).isEqualTo("recording");
    assertThat(bitmap("check", image).assertDone().out()).contains("no errors, 1 bitmap");
    bitmap("--remove", image, row.path("name").asText()).assertDone();
    machine.start();
    Outcome backup = stage.backup(machine);
    backup.disk(plan).assertFull("BITMAP_MISSING");
  }

  @Test
  void aChangeOfOtherBitmapsDoesNotDisturbTheIncrement() {
    machine.quit();
    bitmap("--add", "--disable", image, "mine").assertDone();
    bitmap("--merge", "mine", "--clear", "--remove", image, "mine").assertDone();
    assertThat(Qemu.img("check", image)).contains("No errors were found");
    machine.start();
    machine.disk("alpha").write(5 * MIB, 100);
    Outcome backup = stage.backup(machine);
    backup.disk(plan).assertIncremental();
    stage.assertRestores(backup.snapshot(), machine, machine.content());
  }

  private String qmp() {
    return machine.qmpSocket().toString();
  }

  private Outcome bitmap(String... words) {
    List<String> command = new ArrayList<>(List.of("bitmap"));
    command.addAll(List.of(words));
    return stage.qmpbs().run(command.toArray(String[]::new));
  }

  private Outcome live(String... words) {
    List<String> command = new ArrayList<>(List.of("--qmp", qmp(), "--node", "node-alpha"));
    command.addAll(List.of(words));
    return bitmap(command.toArray(String[]::new));
  }

  private static JsonNode rows(Outcome outcome) {
    return outcome.assertDone().summary().path("bitmaps");
  }

  private JsonNode listed(String name) {
    JsonNode rows =
        rows(bitmap("list", "--qmp", qmp(), "--node", "node-alpha", "--output-format", "json"));
    for (JsonNode row : rows) {
      if (row.path("name").asText().equals(name)) {
        return row;
      }
    }
    throw new AssertionError("no bitmap " + name + " in " + rows);
  }
}
