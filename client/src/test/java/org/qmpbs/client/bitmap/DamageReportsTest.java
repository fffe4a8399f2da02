package org.qmpbs.client.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Report;
import org.qmpbs.qcow2.bitmap.BitmapName;
import org.qmpbs.qcow2.bitmap.CheckReport;
import org.qmpbs.qcow2.bitmap.CheckReport.CheckedBitmap;
import org.qmpbs.qcow2.bitmap.Finding;
import org.qmpbs.qcow2.bitmap.RepairPlan;
import org.qmpbs.qcow2.bitmap.Rule;
import org.qmpbs.qcow2.bitmap.Severity;
import org.qmpbs.qcow2.bitmap.ShellWord;

class DamageReportsTest {
  private static final Path IMAGE = Path.of("/srv/vm 1.qcow2");
  private static final BitmapName OURS =
      BitmapName.of("qmpbs:0123456789abcdef:1795251600:00112233445566ff");

  private static Finding finding(Rule rule, long offset, Optional<BitmapName> bitmap) {
    return new Finding(rule, rule.severity(), offset, "a", "b", bitmap);
  }

  private static CheckReport check(List<Finding> findings) {
    return new CheckReport(List.of(), findings, true);
  }

  private static String text(Report report) {
    return String.join("\n", report.text()) + "\n";
  }

  private static String json(Report report) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    report.describe(node);
    return node.toString();
  }

  @Test
  void everyFindingSaysWhereWhatAndWhatToDo() {
    CheckReport check =
        new CheckReport(
            List.of(
                new CheckedBitmap(OURS, 4 << 20, true, true),
                new CheckedBitmap(BitmapName.of("bk-T1"), 65536, true, false)),
            List.of(
                finding(Rule.TABLE_OFFSET, 200704, Optional.of(BitmapName.of("bk-T1"))),
                finding(Rule.GUEST_REFCOUNT_LOW, 65536, Optional.empty()),
                finding(Rule.LEAKED, 0x41000, Optional.empty()),
                finding(Rule.PADDING, 7, Optional.empty())),
            false);
    assertThat(text(new BitmapCheckReport(IMAGE, check)))
        .isEqualTo(
            """
            /srv/vm 1.qcow2: damaged, QEMU does not open it
              bitmap 'qmpbs:0123456789abcdef:1795251600:00112233445566ff': whole
              bitmap 'bk-T1': not whole, see below
              not all that leads to guest data could be followed: what is shared or leaked is not known

            UNOPENABLE: QEMU and its tools refuse the image, a machine does not start (1)
              byte 200704 (0x31000), bitmap 'bk-T1': the bitmap table cannot stand there
                expected a
                found    b
              what to do: qmpbs bitmap repair '/srv/vm 1.qcow2' (with --dry-run it only says what it would do)

            DANGEROUS: the next write may destroy guest data (1)
              byte 65536 (0x10000): guest data may be overwritten by other guest data; qemu-img check -r all has to mend it
                expected a
                found    b
              what to do: when all bitmaps are removed (with them it deletes internal snapshots): qemu-img check -r all '/srv/vm 1.qcow2'

            LEAK: room is lost; guest data is whole (1)
              byte 266240 (0x41000): nothing uses the cluster, and it counts as taken
                expected a
                found    b
              what to do: the repair above mends it, too

            NOTE: unusual, harmless (1)
              byte 7 (0x7): bytes that nobody reads are not zero
                expected a
                found    b
              what to do: nothing
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "TABLE_OFFSET, DAMAGED", "REFCOUNT_LOW, DAMAGED", "GUEST_STRUCTURE, DAMAGED",
    "IN_USE, BITMAPS_USELESS", "LEAKED, BITMAPS_USELESS", "PADDING, DONE"
  })
  void theExitCodeIsThatOfTheWorstFinding(Rule rule, ExitCode code) {
    List<Finding> findings =
        List.of(
            finding(rule, 0, Optional.empty()), finding(Rule.NAME_PRINTABLE, 0, Optional.empty()));
    assertThat(new BitmapCheckReport(IMAGE, check(findings)).exitCode()).isEqualTo(code);
    RepairPlan left = new RepairPlan(List.of(), List.of(), 0, List.of(), findings, true);
    assertThat(new BitmapRepairReport(IMAGE, left, Optional.empty(), false).exitCode())
        .isEqualTo(code);
  }

  @Test
  void aCleanImageHasOneLine() {
    CheckReport check =
        new CheckReport(List.of(new CheckedBitmap(OURS, 4 << 20, true, true)), List.of(), true);
    BitmapCheckReport report = new BitmapCheckReport(IMAGE, check);
    assertThat(report.text())
        .containsExactly("/srv/vm 1.qcow2: no errors, 1 bitmap", "  bitmap '" + OURS + "': whole");
    assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(new BitmapCheckReport(IMAGE, check(List.of())).text())
        .containsExactly("/srv/vm 1.qcow2: no errors, no bitmaps");
  }

  @Test
  void aFloodOfFindingsIsCutForPeopleAndNotForPrograms() {
    List<Finding> findings =
        IntStream.range(0, 1000)
            .mapToObj(i -> finding(Rule.LEAKED, i * 65536L, Optional.empty()))
            .toList();
    BitmapCheckReport report = new BitmapCheckReport(IMAGE, check(findings));
    assertThat(report.text()).hasSizeLessThan(200).anyMatch(line -> line.contains("950 more"));
    assertThat(json(report).split("\"offset\"", -1)).hasSize(1001);
  }

  @Test
  void programsGetEveryFieldOfAFinding() {
    Finding finding = finding(Rule.TABLE_OFFSET, 200704, Optional.of(BitmapName.of("b")));
    assertThat(json(new BitmapCheckReport(Path.of("i"), check(List.of(finding)))))
        .isEqualTo(
            "{\"image\":\"i\",\"worst\":\"unopenable\",\"guest_walked\":true,\"bitmaps\":[],"
                + "\"findings\":[{\"rule\":\"table-offset\",\"severity\":\"unopenable\","
                + "\"offset\":200704,\"expected\":\"a\",\"found\":\"b\","
                + "\"meaning\":\"the bitmap table cannot stand there\",\"bitmap\":\"b\"}]}");
  }

  @Test
  void aRepairSaysWhatItDidAndHowToUndoIt() {
    RepairPlan plan =
        new RepairPlan(
            List.of(),
            List.of(OURS),
            7,
            List.of("take the bitmaps extension away"),
            List.of(),
            true);
    BitmapRepairReport report =
        new BitmapRepairReport(IMAGE, plan, Optional.of(Path.of("/srv/vm 1.side")), false);
    assertThat(text(report))
        .isEqualTo(
            """
            /srv/vm 1.qcow2: repaired
              take the bitmaps extension away
            bitmaps kept: none
            bitmaps dropped: qmpbs:0123456789abcdef:1795251600:00112233445566ff
            clusters given free: 7
            what was replaced is in /srv/vm 1.side
              to undo, before anything else opens the image for writing: qmpbs bitmap repair --undo '/srv/vm 1.side' '/srv/vm 1.qcow2'
            the guest's data was not touched
            the next backup: reads this disk completely, once, and sends only what the server does not have
            """);
    assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(json(report))
        .isEqualTo(
            "{\"image\":\"/srv/vm 1.qcow2\",\"dry_run\":false,\"needed\":true,"
                + "\"side_file\":\"/srv/vm 1.side\",\"steps\":[\"take the bitmaps extension away\"],"
                + "\"kept\":[],\"dropped\":[\""
                + OURS
                + "\"],\"clusters_freed\":7,\"next_backup\":\"reads this disk completely, once, and"
                + " sends only what the server does not have\",\"remaining\":[]}");
  }

  /** Their deletion by qemu-img check -r is what the mark for an undo would cause. */
  @Test
  void ofAnImageWithSnapshotsItDoesNotPromiseAnUndo() {
    RepairPlan plan = new RepairPlan(List.of(), List.of(OURS), 7, List.of("x"), List.of(), false);
    BitmapRepairReport report =
        new BitmapRepairReport(IMAGE, plan, Optional.of(Path.of("/srv/side")), false);
    assertThat(text(report))
        .contains("in /srv/side\n", "cannot be undone")
        .doesNotContain("--undo");
  }

  @Test
  void aDryRunSaysThatNothingWasWritten() {
    RepairPlan plan = new RepairPlan(List.of(OURS), List.of(), 1, List.of("x"), List.of(), true);
    assertThat(text(new BitmapRepairReport(IMAGE, plan, Optional.empty(), true)))
        .contains("would be repaired; nothing was written", "that would be kept: qmpbs:0123")
        .contains("reads only what changed, if the server's last snapshot names")
        .doesNotContain("undo", "was not touched");
  }

  @Test
  void nothingToDoIsSaidAndSuccess() {
    RepairPlan plan = new RepairPlan(List.of(), List.of(), 0, List.of(), List.of(), true);
    BitmapRepairReport report = new BitmapRepairReport(IMAGE, plan, Optional.empty(), false);
    assertThat(report.text()).containsExactly("/srv/vm 1.qcow2: nothing to repair");
    assertThat(report.exitCode()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void everySeverityHasAHeadingThatNamesItAndARemedy() {
    for (Severity severity : Severity.values()) {
      assertThat(Severities.heading(severity)).startsWith(severity + ": ");
      assertThat(Severities.remedy(severity, "x")).isNotBlank();
    }
  }

  @Test
  void pathsThatAShellWouldTakeApartAreQuoted() {
    assertThat(ShellWord.of("/dev/vg0/vm-1")).isEqualTo("/dev/vg0/vm-1");
    assertThat(ShellWord.of("it's")).isEqualTo("'it'\\''s'");
    assertThat(ShellWord.of("")).isEqualTo("''");
    assertThat(ShellWord.of("#block123")).isEqualTo("'#block123'");
    assertThat(ShellWord.of(Path.of("-disk.qcow2"))).isEqualTo("./-disk.qcow2");
    assertThat(ShellWord.of(Path.of("-a b"))).isEqualTo("'./-a b'");
  }
}
