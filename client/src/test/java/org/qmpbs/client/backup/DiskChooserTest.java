package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.qmpbs.client.backup.BackupRequest.DiskSelection;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.SkippedDrive;

class DiskChooserTest {
  private static final Disk A = Samples.disk("scsi0", 10);
  private static final Disk B = Samples.disk("virtio1", 20);
  private static final DiskChooser CHOOSER =
      new DiskChooser(
          List.of(A, B), List.of(new SkippedDrive("cd0", SkippedDrive.Reason.READ_ONLY)));

  @Test
  void withoutOptionsEveryDiskIsChosenInTheMachinesOrder() throws DiskChoiceException {
    assertThat(CHOOSER.choose(List.of(), Set.of()).disks())
        .containsExactly(
            new ChosenDisk(A, "drive-scsi0.img.fidx"), new ChosenDisk(B, "drive-virtio1.img.fidx"));
  }

  @Test
  void namedDisksAreChosenUnderTheirArchivesAndTheRestIsSaidToBeLeftOut()
      throws DiskChoiceException {
    DiskChooser.Choice choice =
        CHOOSER.choose(List.of(new DiskSelection("node-virtio1", "data")), Set.of());
    assertThat(choice.disks()).containsExactly(new ChosenDisk(B, "data.img.fidx"));
    assertThat(choice.excluded()).containsExactly("scsi0");
  }

  @Test
  void excludedDisksAreLeftOutByAnyOfTheirNames() throws DiskChoiceException {
    for (String name : List.of("scsi0", "drv-scsi0", "root-scsi0", "/machine/peripheral/scsi0")) {
      DiskChooser.Choice choice = CHOOSER.choose(List.of(), Set.of(name));
      assertThat(choice.disks()).extracting(ChosenDisk::disk).containsExactly(B);
      assertThat(choice.excluded()).containsExactly("scsi0");
    }
  }

  @Test
  void excludingADriveThatIsSkippedAnywayIsFine() throws DiskChoiceException {
    assertThat(CHOOSER.choose(List.of(), Set.of("cd0")).disks()).hasSize(2);
  }

  @Test
  void anUnknownNameIsAnErrorThatListsTheDisks() {
    assertRefused(List.of(select("sda")), Set.of(), "--disk sda", "scsi0", "virtio1");
    assertRefused(List.of(), Set.of("sda"), "--exclude sda", "scsi0", "virtio1");
  }

  @Test
  void selectingASkippedDriveSaysWhyItCannotBe() {
    assertRefused(List.of(select("cd0")), Set.of(), "cd0 is read-only or empty");
  }

  @Test
  void aDiskNamedTwiceOrBothIncludedAndExcludedIsAnError() {
    assertRefused(List.of(select("scsi0"), select("drv-scsi0")), Set.of(), "twice");
    assertRefused(List.of(select("scsi0")), Set.of("scsi0"), "both included and excluded");
  }

  @Test
  void nothingLeftIsAnError() {
    assertRefused(List.of(), Set.of("scsi0", "virtio1"), "no disk is left");
    assertThatThrownBy(() -> new DiskChooser(List.of(), List.of()).choose(List.of(), Set.of()))
        .hasMessageContaining("no writable disk");
  }

  @Test
  void twoDisksInOneArchiveAreAnError() {
    assertRefused(
        List.of(new DiskSelection("scsi0", "x"), new DiskSelection("virtio1", "x.img")),
        Set.of(),
        "scsi0 and virtio1",
        "x.img.fidx");
  }

  @Test
  void aNameThatFitsSeveralDisksIsAnErrorUnlessItIsTheNameOfOne() throws DiskChoiceException {
    Disk one = new Disk("a", null, "x", "r1", "f1", "raw", "", 1, false, List.of());
    Disk two = new Disk("b", null, "x", "r2", "f2", "raw", "", 1, false, List.of());
    Disk named = new Disk("r1", null, "", "r3", "f3", "raw", "", 1, false, List.of());
    DiskChooser chooser = new DiskChooser(List.of(one, two, named), List.of());
    assertThatThrownBy(() -> chooser.choose(List.of(select("x")), Set.of()))
        .isInstanceOf(DiskChoiceException.class)
        .hasMessageContaining("several disks: a, b");
    assertThat(chooser.choose(List.of(select("r1")), Set.of()).disks())
        .extracting(ChosenDisk::disk)
        .containsExactly(named);
  }

  @Test
  void anEmptyDiskIsNeverLeftOutSilently() {
    DiskChooser chooser = new DiskChooser(List.of(Samples.disk("nil", 0)), List.of());
    assertThatThrownBy(() -> chooser.choose(List.of(), Set.of()))
        .isInstanceOf(DiskChoiceException.class)
        .hasMessageContaining("no bytes");
  }

  private static DiskSelection select(String name) {
    return new DiskSelection(name, null);
  }

  private static void assertRefused(
      List<DiskSelection> disks, Set<String> excluded, String... parts) {
    assertThatThrownBy(() -> CHOOSER.choose(disks, excluded))
        .isInstanceOf(DiskChoiceException.class)
        .hasMessageContainingAll(parts);
  }
}
