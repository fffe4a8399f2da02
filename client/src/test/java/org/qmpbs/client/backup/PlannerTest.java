package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.backup.PreviousBackup.IndexState;
import org.qmpbs.client.backup.PreviousBackup.Recorded;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.backup.ReadPlan.Incremental;
import org.qmpbs.client.backup.SnapshotRecord.RecordedDisk;
import org.qmpbs.machine.Bitmap;
import org.qmpbs.machine.Disk;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.Voucher;

class PlannerTest {
  private static final long SIZE = 10_000_000;
  private static final String ARCHIVE = "drive-scsi0.img.fidx";
  private static final Snapshot LAST = new Snapshot(Samples.GROUP, 1_700_000_000L);
  private static final EpochName EPOCH = new EpochName(Samples.TARGET, LAST.time(), 77);
  private static final EncryptionKey KEY = EncryptionKey.generate(new SecureRandom());
  private static final EncryptionKey OTHER = EncryptionKey.generate(new SecureRandom());

  /**
   * What backups of most tests are protected with; their rules are those of plain ones and more.
   */
  private static final Protection KEYED = Protection.encrypted(KEY, new SecureRandom());

  private static final FixedIndex INDEX = Samples.index(SIZE, "a", "b", "c");

  /** A condition of the bitmap rule that does not hold, and what is then said. */
  enum Violation {
    REQUESTED(FullReadReason.REQUESTED),
    NO_SNAPSHOT(FullReadReason.FIRST_BACKUP),
    UNUSABLE(FullReadReason.NO_USABLE_SNAPSHOT),
    DAMAGED(FullReadReason.DAMAGED_SNAPSHOT),
    FOREIGN(FullReadReason.FOREIGN_SNAPSHOT),
    OTHER_TARGET(FullReadReason.FOREIGN_SNAPSHOT),
    NOT_IN_MANIFEST(FullReadReason.ARCHIVE_NOT_IN_SNAPSHOT),
    SIGNED(FullReadReason.CRYPT_MODE_CHANGED),
    UNVOUCHED(FullReadReason.KEY_CHANGED),
    FORGED(FullReadReason.SIGNATURE_BROKEN),
    PLAIN(FullReadReason.CRYPT_MODE_CHANGED),
    UNSIGNED(FullReadReason.CRYPT_MODE_CHANGED),
    UNPROVEN(FullReadReason.CRYPT_MODE_CHANGED),
    PROVEN_BY_ANOTHER_KEY(FullReadReason.CRYPT_MODE_CHANGED),
    NOT_IN_RECORD(FullReadReason.DAMAGED_SNAPSHOT),
    RECORD_OF_OTHER_SIZE(FullReadReason.DAMAGED_SNAPSHOT),
    EPOCH_OF_OTHER_TIME(FullReadReason.DAMAGED_SNAPSHOT),
    RESIZED_BY_ONE_BYTE(FullReadReason.SIZE_CHANGED),
    INDEX_NOT_READ(FullReadReason.DAMAGED_SNAPSHOT),
    INDEX_UNREADABLE(FullReadReason.DAMAGED_SNAPSHOT),
    INDEX_OF_OTHER_CHECKSUM(FullReadReason.DAMAGED_SNAPSHOT),
    INDEX_OF_OTHER_SIZE(FullReadReason.DAMAGED_SNAPSHOT),
    NO_BITMAP(FullReadReason.BITMAP_MISSING),
    NO_BITMAP_ON_RAW(FullReadReason.BITMAP_NOT_PERSISTENT),
    OTHER_NONCE(FullReadReason.BITMAP_MISSING),
    INCONSISTENT(FullReadReason.BITMAP_INCONSISTENT),
    BUSY(FullReadReason.BITMAP_BUSY),
    DISABLED(FullReadReason.BITMAP_DISABLED),
    OTHER_GRANULARITY(FullReadReason.BITMAP_NOT_AS_MADE),
    BACKING_FILES_GONE(FullReadReason.BACKING_CHANGED),
    NOT_PERSISTENT(FullReadReason.BITMAP_NOT_PERSISTENT),
    STORED_THOUGH_MADE_IN_MEMORY(FullReadReason.BITMAP_NOT_PERSISTENT),
    GONE_FROM_MEMORY(FullReadReason.BITMAP_NOT_PERSISTENT);

    final FullReadReason reason;

    Violation(FullReadReason reason) {
      this.reason = reason;
    }
  }

  @Test
  void aBitmapOfExactlyTheLastSnapshotIsTrusted() {
    assertThat(plan(Set.of())).isEqualTo(new Incremental(EPOCH.text(), 4_194_304));
  }

  @ParameterizedTest
  @EnumSource
  void oneViolatedConditionIsEnoughForAFullReadWithItsReason(Violation violation) {
    assertThat(plan(EnumSet.of(violation)))
        .isInstanceOfSatisfying(
            FullRead.class,
            full -> {
              assertThat(full.reason()).isEqualTo(violation.reason);
              assertThat(full.detail()).isNotBlank().doesNotContain("\n");
            });
  }

  @Property(tries = 2000)
  void noCombinationWithAnyViolatedConditionIsEverIncremental(
      @ForAll @NotEmpty Set<Violation> violations) {
    assertThat(plan(violations)).isInstanceOf(FullRead.class);
  }

  private static final List<Protection> PROTECTIONS =
      List.of(
          Protection.NONE,
          Protection.signed(KEY),
          Protection.signed(OTHER),
          KEYED,
          Protection.encrypted(OTHER, new SecureRandom()));

  /** Also a manifest that was proven, but with another key than this backup has. */
  @Test
  void onlyASnapshotOfTheSameKeyAndModeIsBuiltUpon() {
    for (Protection before : PROTECTIONS) {
      for (Protection now : PROTECTIONS) {
        Voucher voucher =
            before
                .key()
                .map(key -> new Voucher(Voucher.State.PROVEN, Optional.of(key.fingerprint())))
                .orElse(Voucher.NOBODY);
        Recorded good = (Recorded) previous(Set.of());
        ManifestFile file = new ManifestFile(ARCHIVE, before.mode(), SIZE, INDEX.checksum());
        PreviousBackup previous =
            new Recorded(
                new Manifest(LAST, List.of(file), "", voucher), good.description(), good.indexes());
        ReadPlan plan =
            new Planner(Samples.TARGET, Optional.empty(), previous, BackingFiles.none(), now)
                .plan(new ChosenDisk(disk(Set.of()), ARCHIVE));
        assertThat(plan instanceof Incremental)
            .as("from " + before + " to " + now)
            .isEqualTo(before == now);
      }
    }
  }

  @Test
  void aRawDiskKeepsItsBitmapForAsLongAsQemuRuns() {
    Disk raw =
        Samples.disk(
            "scsi0",
            SIZE,
            false,
            new Bitmap(EPOCH.text(), true, false, false, false, Chunks.SIZE, 0));
    ReadPlan plan =
        new Planner(
                Samples.TARGET, Optional.empty(), previous(Set.of()), BackingFiles.none(), KEYED)
            .plan(new ChosenDisk(raw, ARCHIVE));
    assertThat(plan).isEqualTo(new Incremental(EPOCH.text(), 0));
  }

  @Test
  void aBitmapThatFoundNoRoomIsKeptForAsLongAsQemuRunsToo() {
    Disk full =
        Samples.disk(
            "scsi0", SIZE, new Bitmap(EPOCH.text(), true, false, false, false, Chunks.SIZE, 0));
    ReadPlan plan =
        new Planner(
                Samples.TARGET,
                Optional.empty(),
                previous(Set.of(Violation.STORED_THOUGH_MADE_IN_MEMORY)),
                BackingFiles.none(),
                KEYED)
            .plan(new ChosenDisk(full, ARCHIVE));
    assertThat(plan).isEqualTo(new Incremental(EPOCH.text(), 0));
  }

  @Test
  void neverAnnouncesMoreDirtyBytesThanTheDiskHas() {
    Disk disk = Samples.disk("scsi0", SIZE, Samples.bitmap(EPOCH.text(), 12_582_912));
    ReadPlan plan =
        new Planner(
                Samples.TARGET, Optional.empty(), previous(Set.of()), BackingFiles.none(), KEYED)
            .plan(new ChosenDisk(disk, ARCHIVE));
    assertThat(plan).isEqualTo(new Incremental(EPOCH.text(), SIZE));
  }

  @Test
  void aRenamedDiskKeepsItsBitmapBecauseTheNonceIsItsIdentity() {
    Disk renamed = Samples.disk("other", SIZE, Samples.bitmap(EPOCH.text(), 0));
    ReadPlan plan =
        new Planner(
                Samples.TARGET, Optional.empty(), previous(Set.of()), BackingFiles.none(), KEYED)
            .plan(new ChosenDisk(renamed, ARCHIVE));
    assertThat(plan).isInstanceOf(Incremental.class);
  }

  private static ReadPlan plan(Set<Violation> violations) {
    Optional<FullRead> forced =
        violations.contains(Violation.REQUESTED)
            ? Optional.of(new FullRead(FullReadReason.REQUESTED, "asked for"))
            : Optional.empty();
    return new Planner(Samples.TARGET, forced, previous(violations), BackingFiles.none(), KEYED)
        .plan(new ChosenDisk(disk(violations), ARCHIVE));
  }

  private static Disk disk(Set<Violation> broken) {
    boolean raw = broken.contains(Violation.NO_BITMAP_ON_RAW);
    long size = broken.contains(Violation.RESIZED_BY_ONE_BYTE) ? SIZE + 1 : SIZE;
    List<Bitmap> bitmaps = new ArrayList<>();
    bitmaps.add(Samples.bitmap("foreign", 0));
    bitmaps.add(Samples.bitmap(new EpochName(Samples.TARGET, LAST.time() - 5, 3).text(), 0));
    boolean gone =
        broken.contains(Violation.NO_BITMAP) || broken.contains(Violation.GONE_FROM_MEMORY);
    if (!raw && !gone) {
      EpochName name =
          broken.contains(Violation.OTHER_NONCE)
              ? new EpochName(Samples.TARGET, LAST.time(), 78)
              : EPOCH;
      bitmaps.add(
          new Bitmap(
              name.text(),
              !broken.contains(Violation.DISABLED),
              broken.contains(Violation.STORED_THOUGH_MADE_IN_MEMORY)
                  || !broken.contains(Violation.NOT_PERSISTENT),
              broken.contains(Violation.BUSY),
              broken.contains(Violation.INCONSISTENT),
              broken.contains(Violation.OTHER_GRANULARITY) ? 65_536 : Chunks.SIZE,
              4_194_304));
    }
    return Samples.disk("scsi0", size, !raw, bitmaps.toArray(new Bitmap[0]));
  }

  private static PreviousBackup previous(Set<Violation> broken) {
    if (broken.contains(Violation.NO_SNAPSHOT)) {
      return new PreviousBackup.None();
    }
    if (broken.contains(Violation.UNUSABLE)) {
      return new PreviousBackup.Unusable("verification failed");
    }
    Map<String, IndexState> indexes = indexes(broken);
    if (broken.contains(Violation.DAMAGED)) {
      return new PreviousBackup.Damaged(LAST, "damaged", indexes);
    }
    if (broken.contains(Violation.FOREIGN)) {
      return new PreviousBackup.Foreign(LAST, "foreign", indexes);
    }
    if (broken.contains(Violation.UNVOUCHED)) {
      return new PreviousBackup.Unvouched(LAST, FullReadReason.KEY_CHANGED, "another key");
    }
    if (broken.contains(Violation.FORGED)) {
      return new PreviousBackup.Unvouched(LAST, FullReadReason.SIGNATURE_BROKEN, "forged");
    }
    CryptMode mode =
        broken.contains(Violation.PLAIN)
            ? CryptMode.NONE
            : broken.contains(Violation.SIGNED) ? CryptMode.SIGN_ONLY : CryptMode.ENCRYPT;
    Digest checksum =
        broken.contains(Violation.INDEX_OF_OTHER_CHECKSUM)
            ? Samples.digest("other")
            : INDEX.checksum();
    ManifestFile file =
        new ManifestFile(
            broken.contains(Violation.NOT_IN_MANIFEST) ? "drive-x.img.fidx" : ARCHIVE,
            mode,
            SIZE,
            checksum);
    String target = broken.contains(Violation.OTHER_TARGET) ? "0000000000000000" : Samples.TARGET;
    long time = broken.contains(Violation.EPOCH_OF_OTHER_TIME) ? LAST.time() - 1 : LAST.time();
    RecordedDisk recorded =
        new RecordedDisk(
            "scsi0",
            broken.contains(Violation.NOT_IN_RECORD) ? "drive-y.img.fidx" : ARCHIVE,
            broken.contains(Violation.RECORD_OF_OTHER_SIZE) ? SIZE - 1 : SIZE,
            new EpochName(Samples.TARGET, time, 77),
            !broken.contains(Violation.STORED_THOUGH_MADE_IN_MEMORY)
                && !broken.contains(Violation.GONE_FROM_MEMORY),
            broken.contains(Violation.BACKING_FILES_GONE) ? "a mark" : "",
            "qcow2");
    return new Recorded(
        new Manifest(LAST, List.of(file), "", voucher(broken)),
        new SnapshotRecord(target, List.of(recorded), "", "", ""),
        indexes);
  }

  private static Voucher voucher(Set<Violation> broken) {
    if (broken.contains(Violation.UNSIGNED)) {
      return Voucher.NOBODY;
    }
    EncryptionKey signer = broken.contains(Violation.PROVEN_BY_ANOTHER_KEY) ? OTHER : KEY;
    return new Voucher(
        broken.contains(Violation.UNPROVEN) ? Voucher.State.UNPROVEN : Voucher.State.PROVEN,
        Optional.of(signer.fingerprint()));
  }

  private static Map<String, IndexState> indexes(Set<Violation> broken) {
    if (broken.contains(Violation.INDEX_NOT_READ)) {
      return Map.of();
    }
    if (broken.contains(Violation.INDEX_UNREADABLE)) {
      return Map.of(ARCHIVE, new IndexState.Unreadable("gone"));
    }
    FixedIndex index =
        broken.contains(Violation.INDEX_OF_OTHER_SIZE)
            ? Samples.index(SIZE + 5, "a", "b", "c")
            : INDEX;
    return Map.of(ARCHIVE, new IndexState.Parsed(index));
  }
}
