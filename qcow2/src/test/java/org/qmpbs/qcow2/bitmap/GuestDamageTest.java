package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qmpbs.qcow2.QemuTools.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What leads to guest data is damaged too: that is told, left alone, and keeps no bitmap. */
class GuestDamageTest {
  @TempDir Path folder;
  private Path image;
  private byte[] whole;

  @BeforeEach
  void anImage() throws IOException {
    image = Sample.TINY.in(folder);
    whole = Files.readAllBytes(image);
  }

  private Draft draft() throws IOException {
    return new Draft(whole);
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 0x100, -1, 1L << 55, (1L << 55) + 1, Long.MIN_VALUE, 0x7f00L << 48})
  void aBadPointerIsToldAndNothingIsFreed(long pointer) throws IOException {
    for (int where = 0; where < 4; where++) {
      Draft draft = draft();
      int at =
          switch (where) {
            case 0 -> draft.l2() + 16;
            case 1 -> (int) draft.header.l1().offset() + 16;
            case 2 -> (int) draft.header.snapshots().offset();
            default -> (int) draft.header.refcountTable().offset() + 24;
          };
      draft.bytes.putLong(at, pointer);
      if (pointer == Long.MIN_VALUE && where != 2) {
        // Only the flag that L1 and L2 entries may have.
        continue;
      }
      Damage.COUNT_ZERO.to(draft);
      MemoryImage memory = new MemoryImage(draft.image());
      CheckReport report = ImageCheck.of(memory).report();
      assertThat(report.guestWalked()).as("place %d", where).isFalse();
      assertThat(report.findings())
          .anyMatch(each -> each.rule() == Rule.GUEST_STRUCTURE)
          .noneMatch(each -> each.rule() == Rule.LEAKED);

      PlannedRepair repair = PlannedRepair.of(memory, true);
      repair.run(memory);
      assertThat(repair.plan().kept()).isEmpty();
      assertThat(repair.plan().freedClusters()).isZero();
      assertThat(repair.plan().remaining()).anyMatch(each -> each.rule() == Rule.GUEST_STRUCTURE);
      assertThat(memory.writes()).allMatch(write -> write.offset() < draft.clusterSize());
      assertThat(PlannedRepair.of(memory, true).plan().isEmpty()).isTrue();
    }
  }

  /** The same refcounts are wrong for us as for QEMU. */
  @ParameterizedTest
  @EnumSource(names = {"TINY", "WIDE", "NARROW", "BYTES", "SUBCLUSTERS", "EXTERNAL"})
  void leaksAndLowRefcountsAreThoseOfQemu(Sample sample) throws IOException {
    Path other = sample.in(Files.createDirectory(folder.resolve("other")));
    byte[] good = Files.readAllBytes(other);
    Random random = new Random(7);
    for (int i = 0; i < 25; i++) {
      Draft draft = new Draft(good);
      long most = draft.header.refcountBits() == 1 ? 2 : 4;
      for (int j = 0; j <= i % 4; j++) {
        long cluster = random.nextInt(good.length / draft.clusterSize());
        draft.setRefcount(cluster * draft.clusterSize(), random.nextLong(most));
      }
      Files.write(other, draft.image());
      CheckReport report = ImageCheck.of(new MemoryImage(draft.image())).report();
      String qemu = run("qemu-img", "check", "--output=json", other.toString()).output();
      Set<Rule> high = Set.of(Rule.LEAKED, Rule.REFCOUNT_HIGH, Rule.GUEST_REFCOUNT_HIGH);
      Set<Rule> low = Set.of(Rule.REFCOUNT_LOW, Rule.GUEST_REFCOUNT_LOW);
      assertThat(report.findings().stream().anyMatch(each -> high.contains(each.rule())))
          .as("%s\n%s", qemu, report)
          .isEqualTo(qemu.contains("\"leaks\""));
      if (report.findings().stream().anyMatch(each -> low.contains(each.rule()))) {
        assertThat(qemu).contains("\"corruptions\"");
      }
    }
  }

  /** To QEMU all that it counts is free. */
  @Test
  void aRefcountBlockThatIsMissingIsDamage() throws IOException {
    Draft draft = draft();
    int table = (int) draft.header.refcountTable().offset();
    int last = table;
    while (draft.bytes.getLong(last + 8) != 0) {
      last += Long.BYTES;
    }
    draft.bytes.putLong(last, 0);
    CheckReport report = ImageCheck.of(new MemoryImage(draft.image())).report();
    assertThat(report.worst()).contains(Severity.DANGEROUS);
    assertThat(report.guestWalked()).isFalse();
  }

  @Test
  void refcountsOfTheGuestAreLeftToQemu() throws IOException {
    Draft draft = draft();
    draft.setRefcount(draft.guestData(), 0);
    Damage.DIRECTORY_ZEROED.to(draft);
    MemoryImage memory = new MemoryImage(draft.image());
    PlannedRepair repair = PlannedRepair.of(memory, false);
    repair.run(memory);

    assertThat(repair.plan().remaining()).anyMatch(each -> each.rule() == Rule.GUEST_REFCOUNT_LOW);
    Files.write(image, memory.bytes());
    assertThat(run("qemu-img", "check", image.toString()).status()).isEqualTo(2);
    run("qemu-img", "check", "-q", "-r", "all", image.toString());
    assertThat(run("qemu-img", "check", image.toString()).status()).isZero();
  }

  /** Bit 0: not closed. Bit 1: QEMU found damage. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theDirtyAndTheCorruptBitStay(int bits) throws IOException {
    Draft draft = draft();
    draft.bytes.put(79, (byte) bits);
    Damage.COUNT_HIGH.to(draft);
    MemoryImage memory = new MemoryImage(draft.image());
    PlannedRepair repair = PlannedRepair.of(memory, true);
    repair.run(memory);

    assertThat(memory.bytes()[79]).isEqualTo((byte) bits);
    assertThat(repair.plan().remaining()).hasSize(Integer.bitCount(bits));
    assertThat(repair.plan().kept()).hasSize((bits & 2) == 0 ? 3 : 0);
    Files.write(image, memory.bytes());
    run("qemu-img", "check", "-q", "-r", "all", image.toString());
    Sample.io(image, "write 0 512");
    assertThat(run("qemu-img", "check", image.toString()).status()).isZero();
  }
}
