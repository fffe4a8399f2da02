package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.client.backup.BackupSummary;
import org.qmpbs.client.backup.BackupSummary.DiskSummary;
import org.qmpbs.client.backup.FreezeMode;
import org.qmpbs.client.backup.FreezeReport;
import org.qmpbs.client.backup.FullReadReason;
import org.qmpbs.client.backup.ReadPlan;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.machine.SkippedDrive;
import org.qmpbs.machine.Strategy;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.Snapshot;

class BackupReportTest {
  private static final long MIB = 1 << 20;

  @Test
  void aProtectedBackupSaysHowAndWithWhichKey() {
    SecureRandom random = new SecureRandom();
    try (EncryptionKey key = EncryptionKey.generate(random)) {
      BackupReport report =
          new BackupReport(summary(List.of()), false, false, Protection.encrypted(key, random));
      assertThat(report.text()).contains("encrypted with key " + key.fingerprint().shortForm());
      assertThat(json(report).path("crypt_mode").asText()).isEqualTo("encrypt");
      assertThat(json(report).path("fingerprint").asText()).isEqualTo(key.fingerprint().toString());
    }
  }

  @Test
  void textNamesEveryDiskItsPlanWhatWasSkippedAndTheSnapshot() {
    assertThat(new BackupReport(summary(List.of()), false, false, Protection.NONE).text())
        .containsExactly(
            "scsi0 (64 MiB): incremental, 8 MiB changed",
            "  read 4 MiB, sent 1 MiB (1 chunk), reused 56 MiB -> drive-scsi0.img.fidx",
            "scsi1 (16 MiB): full read: QEMU was restarted",
            "  read 16 MiB, sent 2 MiB (4 chunks), reused 0 B -> drive-scsi1.img.fidx",
            "skipped: cd0 (read only)",
            "left out: scsi2 (--exclude or --disk)",
            "frozen: 2 file systems of the guest, for 123 ms",
            "vm/100/2026-11-21T09:00:00Z in 2.5 s, with 3 MiB of scratch files");
  }

  @Test
  void somethingLeftBehindHasAnExitCodeOfItsOwn() {
    BackupReport clean = new BackupReport(summary(List.of()), false, false, Protection.NONE);
    BackupReport left =
        new BackupReport(summary(List.of("cannot remove bitmap x")), false, false, Protection.NONE);

    assertThat(clean.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(left.exitCode()).isEqualTo(ExitCode.LEFTOVERS);
    assertThat(json(left).path("leftovers").get(0).asText()).isEqualTo("cannot remove bitmap x");
  }

  @Test
  void aDiskThatIsMissingHasAnExitCodeOfItsOwnAndASkippedOneIfThatWasAskedFor() {
    BackupReport missing =
        new BackupReport(summary(List.of("x"), List.of("scsi3")), false, false, Protection.NONE);

    assertThat(missing.exitCode()).isEqualTo(ExitCode.OMISSIONS);
    assertThat(json(missing).path("omissions").get(0).asText()).isEqualTo("scsi3");
    assertThat(new BackupReport(summary(List.of()), false, true, Protection.NONE).exitCode())
        .isEqualTo(ExitCode.OMISSIONS);
  }

  @Test
  void jsonSaysWhyADiskWasReadCompletely() {
    ObjectNode node = json(new BackupReport(summary(List.of()), false, false, Protection.NONE));

    assertThat(node.path("disks").get(0).path("plan").asText()).isEqualTo("incremental");
    assertThat(node.path("disks").get(1).path("reason").asText())
        .isEqualTo("bitmap-not-persistent");
    assertThat(node.path("disks").get(0).path("bitmap_stored").asBoolean()).isTrue();
    assertThat(node.path("disks").get(1).path("bitmap_stored").asBoolean()).isFalse();
    assertThat(node.path("strategy").asText()).isEqualTo("job-filter");
  }

  private static ObjectNode json(BackupReport report) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    report.describe(node);
    return node;
  }

  private static BackupSummary summary(List<String> leftovers) {
    return summary(leftovers, List.of());
  }

  private static BackupSummary summary(List<String> leftovers, List<String> omissions) {
    ReadPlan incremental = new ReadPlan.Incremental("qmpbs:a:1:b", 8 * MIB);
    ReadPlan full =
        new ReadPlan.FullRead(FullReadReason.BITMAP_NOT_PERSISTENT, "QEMU was restarted");
    return new BackupSummary(
        Snapshot.parse("vm/100/2026-11-21T09:00:00Z"),
        Snapshot.parse("vm/100/2026-11-20T09:00:00Z"),
        Strategy.JOB_FILTER,
        List.of(
            new DiskSummary(
                "scsi0",
                "drive-scsi0.img.fidx",
                64 * MIB,
                incremental,
                4 * MIB,
                4 * MIB,
                56 * MIB,
                1,
                4 * MIB,
                MIB,
                4 * MIB,
                true),
            new DiskSummary(
                "scsi1",
                "drive-scsi1.img.fidx",
                16 * MIB,
                full,
                16 * MIB,
                0,
                0,
                4,
                16 * MIB,
                2 * MIB,
                0,
                false)),
        List.of(new SkippedDrive("cd0", SkippedDrive.Reason.READ_ONLY)),
        List.of("scsi2"),
        Duration.ofMillis(2500),
        3 * MIB,
        leftovers,
        omissions,
        leftovers,
        0,
        new FreezeReport(FreezeMode.TRY, true, 2, Duration.ofMillis(123), null));
  }
}
