package org.qmpbs.client.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class BitmapListReportTest {
  private static final String OLD = "qmpbs:0123456789abcdef:1795251600:00112233445566ff";
  private static final String NEW = "qmpbs:0123456789abcdef:1795338000:00112233445566fe";
  private static final String OTHER = "qmpbs:fedcba9876543210:1795251600:00112233445566fd";

  private static BitmapRow row(String name) {
    return new BitmapRow(name, 4 << 20, true, false, false, true, 3L << 22);
  }

  private static BitmapRow inconsistent(String name) {
    return new BitmapRow(name, 65536, true, true, false, true, 0);
  }

  private static ObjectNode json(BitmapListReport report) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    report.describe(node);
    return node;
  }

  @Test
  void thereIsATableForPeople() {
    List<BitmapRow> rows =
        List.of(
            row(OLD),
            row(NEW),
            row(OTHER),
            row("qmpbs-0123abcd-list0"),
            new BitmapRow("virtnbdbackup.0", 65536, false, false, false, true, 65536),
            inconsistent("mine"));
    assertThat(String.join("\n", new BitmapListReport("disk.qcow2", false, rows).text()))
        .isEqualTo(
            """
            BITMAP                                              GRANULARITY  STATE         DIRTY   OWNER          WHAT IT IS
            qmpbs:0123456789abcdef:1795251600:00112233445566ff  4 MiB        recording     12 MiB  qmpbs          target 0123456789abcdef, snapshot 2026-11-21T09:00:00Z; stale: the target has a newer one
            qmpbs:0123456789abcdef:1795338000:00112233445566fe  4 MiB        recording     12 MiB  qmpbs          target 0123456789abcdef, snapshot 2026-11-22T09:00:00Z
            qmpbs:fedcba9876543210:1795251600:00112233445566fd  4 MiB        recording     12 MiB  qmpbs          target fedcba9876543210, snapshot 2026-11-21T09:00:00Z
            qmpbs-0123abcd-list0                                4 MiB        recording     12 MiB  qmpbs          temporary, of the backup run 0123abcd; stale: that backup is over
            virtnbdbackup.0                                     64 KiB       disabled      64 KiB  virtnbdbackup  checkpoint of libvirt
            mine                                                64 KiB       inconsistent  -       unknown        stale: it was not saved when the image was last closed""");
  }

  @Test
  void anInconsistentNewerOneDoesNotMakeTheOlderOneStale() {
    ObjectNode node =
        json(new BitmapListReport("disk.qcow2", false, List.of(row(OLD), inconsistent(NEW))));
    assertThat(node.at("/bitmaps/0/stale").asBoolean()).isFalse();
    assertThat(node.at("/bitmaps/1/stale").asBoolean()).isTrue();
    assertThat(node.at("/bitmaps/1").has("bytes_dirty")).isFalse();
  }

  @Test
  void programsGetTheSameInFields() {
    ObjectNode node = json(new BitmapListReport("disk.qcow2", false, List.of(row(OLD), row(NEW))));
    assertThat(node.toString())
        .isEqualTo(
            "{\"image\":\"disk.qcow2\",\"bitmaps\":[{\"name\":\""
                + OLD
                + "\",\"granularity\":4194304,\"state\":\"recording\",\"persistent\":true,"
                + "\"bytes_dirty\":12582912,\"owner\":\"qmpbs\",\"stale\":true,"
                + "\"stale_reason\":\"the target has a newer one\","
                + "\"target\":\"0123456789abcdef\",\"backup-time\":1795251600},{\"name\":\""
                + NEW
                + "\",\"granularity\":4194304,\"state\":\"recording\",\"persistent\":true,"
                + "\"bytes_dirty\":12582912,\"owner\":\"qmpbs\",\"stale\":false,"
                + "\"target\":\"0123456789abcdef\",\"backup-time\":1795338000}]}");
  }

  @Test
  void ofARunningMachineNothingIsCalledStaleThatABackupMayHold() {
    BitmapRow held = new BitmapRow("qmpbs-0123abcd-list0", 65536, true, false, true, false, 0);
    ObjectNode node = json(new BitmapListReport("disk0", true, List.of(held)));
    assertThat(node.path("node").asText()).isEqualTo("disk0");
    assertThat(node.at("/bitmaps/0/stale").asBoolean()).isFalse();
    assertThat(node.at("/bitmaps/0/run").asText()).isEqualTo("0123abcd");
    assertThat(new BitmapListReport("disk0", true, List.of(held)).text().get(1))
        .contains("busy, not stored");
  }

  @Test
  void noBitmapsAreSaidToBeNone() {
    assertThat(new BitmapListReport("x", false, List.of()).text()).containsExactly("no bitmaps");
  }

  @Test
  void extentsAreWrittenAsQemuImgMapWritesThem() {
    Extents extents = new Extents();
    extents.accept(0, 65536);
    extents.accept(0x4000000, 0x30000);
    ExtentsReport report = new ExtentsReport("disk.qcow2", "b", extents);
    assertThat(report.text())
        .containsExactly(
            "Offset          Length", "0               0x10000", "0x4000000       0x30000");
    ObjectNode node = new ObjectMapper().createObjectNode();
    report.describe(node);
    assertThat(node.toString())
        .isEqualTo(
            "{\"image\":\"disk.qcow2\",\"bitmap\":\"b\",\"bytes_dirty\":262144,"
                + "\"extents\":[{\"offset\":0,\"length\":65536},{\"offset\":67108864,\"length\":196608}]}");
  }

  @Test
  void aMillionExtentsFit() {
    Extents extents = new Extents();
    for (long i = 0; i < 1_000_000; i++) {
      extents.accept(i << 17, 1 << 16);
    }
    List<String> lines = new ExtentsReport("x", "b", extents).text();
    assertThat(lines).hasSize(1_000_001);
    assertThat(lines.get(1_000_000)).isEqualTo(String.format("%-16s0x10000", "0x1e847e0000"));
  }
}
