package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.qmpbs.client.backup.LeftFreeze;
import org.qmpbs.client.backup.Recovery;
import org.qmpbs.machine.Bitmap;
import org.qmpbs.machine.BitmapRoom;
import org.qmpbs.machine.Capabilities;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.Leftovers;
import org.qmpbs.machine.MachineInfo;
import org.qmpbs.machine.Strategy;
import org.qmpbs.qmp.QemuVersion;

/** What status says about bitmaps: the room they take, and what they keep from being done. */
class StatusReportTest {
  private static final long MIB = 1 << 20;

  private static StatusReport report(Map<String, BitmapRoom> rooms, Disk... disks) {
    return report(rooms, Map.of(), disks);
  }

  private static StatusReport report(
      Map<String, BitmapRoom> rooms, Map<String, Integer> snapshots, Disk... disks) {
    return new StatusReport(
        new MachineInfo("web1", null, new QemuVersion(10, 0, 0, ""), "running"),
        new Capabilities(false, true, true, true, true, true, true),
        Optional.of(Strategy.OVERLAY_WITH_PROBE),
        List.of(disks),
        rooms,
        snapshots,
        List.of(),
        new Leftovers(List.of(), List.of(), List.of(), List.of(), List.of(), false),
        new Recovery.Preview(false, List.of()),
        List.of(new LeftFreeze("0123abcd", Path.of("/run/vm.agent"), false)),
        Optional.of(new AgentStatus("7.2.22", true, true, null)),
        Optional.empty());
  }

  private static Disk disk(String name, boolean qcow2) {
    return new Disk(
        name,
        null,
        "",
        "n-" + name,
        "n-" + name,
        qcow2 ? "qcow2" : "raw",
        "/f",
        MIB,
        qcow2,
        List.of());
  }

  private static BitmapRoom room(OptionalLong available, boolean atMost) {
    return new BitmapRoom(2 * MIB, 3 * MIB, MIB, available, atMost, "/dev/vg/lv");
  }

  @Test
  void namesTheRoomOfEachDiskThatStoresBitmapsAndWarnsOfTheShortOnes() {
    StatusReport report =
        report(
            Map.of(
                "full", room(OptionalLong.of(MIB), true),
                "scarce", room(OptionalLong.of(3 * MIB), false),
                "roomy", room(OptionalLong.of(4 * MIB), false),
                "remote", room(OptionalLong.empty(), false)),
            disk("full", true),
            disk("scarce", true),
            disk("roomy", true),
            disk("remote", true),
            disk("raw", false));
    assertThat(report.text())
        .anyMatch(line -> line.matches("full +2 MiB +3 MiB +at most 1 MiB +/dev/vg/lv"))
        .anyMatch(line -> line.matches("roomy +2 MiB +3 MiB +4 MiB +/dev/vg/lv"))
        .anyMatch(line -> line.matches("remote +2 MiB +3 MiB +- +/dev/vg/lv"))
        .noneMatch(line -> line.matches("raw +2 MiB.*"));
    List<String> warnings =
        report.text().stream().filter(line -> line.startsWith("warning: ")).toList();
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0))
        .contains(
            "disk full", "loses all of them", "qmpbs bitmap --remove --qmp SOCKET --node n-full");
    assertThat(warnings.get(1)).contains("disk scarce", "kept in memory only");

    ObjectNode json = new ObjectMapper().createObjectNode();
    report.describe(json);
    JsonNode full = json.at("/disks/0/bitmap_room");
    assertThat(full.get("bytes_needed").asLong()).isEqualTo(2 * MIB);
    assertThat(full.get("bytes_needed_next").asLong()).isEqualTo(3 * MIB);
    assertThat(full.get("bytes_available").asLong()).isEqualTo(MIB);
    assertThat(full.get("at_most").asBoolean()).isTrue();
    assertThat(full.get("short").asBoolean()).isTrue();
    assertThat(full.get("warning").asText()).isEqualTo(warnings.get(0).substring(9));
    assertThat(json.at("/disks/2/bitmap_room/warning").isNull()).isTrue();
    assertThat(json.at("/disks/3/bitmap_room/bytes_available").isNull()).isTrue();
    assertThat(json.at("/disks/4/bitmap_room").isNull()).isTrue();
  }

  @Test
  void aMachineOfRawDisksHasNoSuchTable() {
    assertThat(report(Map.of(), disk("raw", false)).text())
        .noneMatch(line -> line.contains("BITMAPS TAKE"));
  }

  @Test
  void warnsOfInternalSnapshotsThatBitmapsLock() {
    Disk plain = disk("plain", true);
    Disk locked =
        new Disk(
            "locked",
            null,
            "",
            "n-locked",
            "n-locked",
            "qcow2",
            "/f",
            MIB,
            true,
            List.of(new Bitmap("theirs", true, true, false, false, 65_536, 0)));
    StatusReport report = report(Map.of(), Map.of("plain", 1, "locked", 2), plain, locked);
    assertThat(report.text().stream().filter(line -> line.startsWith("warning: ")))
        .singleElement()
        .asString()
        .contains("disk locked has 2 internal snapshots", "--node n-locked");
    ObjectNode json = new ObjectMapper().createObjectNode();
    report.describe(json);
    assertThat(json.at("/disks/1/internal_snapshots").asInt()).isEqualTo(2);
  }
}
