package org.qmpbs.client.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.client.bitmap.BitmapOwner.Maker;

class BitmapOwnerTest {
  @ParameterizedTest
  @CsvSource({
    "libvirt-tmp-activewrite, LIBVIRT",
    "libvirt-tmp-size-xml, LIBVIRT",
    "backup-vda, LIBVIRT",
    "backup-17-sdb, LIBVIRT",
    "1700000000, LIBVIRT",
    "virtnbdbackup, VIRTNBDBACKUP",
    "virtnbdbackup.0, VIRTNBDBACKUP",
    "virtnbdbackup.12, VIRTNBDBACKUP",
    "qmpbackup-5c0b0a3e-8d3a-4f6c-9a2e-1f6a2f5f7b11, QMPBACKUP",
    "qmpbackup-copy-5c0b0a3e-8d3a-4f6c-9a2e-1f6a2f5f7b11, QMPBACKUP",
    "one-36-4, OPENNEBULA",
    "pbs-incremental-dirty-bitmap, PROXMOX_VE",
    "backup-access-background-bitmap, PROXMOX_VE",
    "5c0b0a3e-8d3a-4f6c-9a2e-1f6a2f5f7b11, OVIRT",
    "Veeam-1, VEEAM",
    "VeeamTmp_disk0, VEEAM",
    "qmpbs-0123abcd-list0, QMPBS",
  })
  void aNameThatTellsIsUnderstood(String name, Maker maker) {
    assertThat(BitmapOwner.of(name).maker()).isEqualTo(maker);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bitmap0",
        "backup",
        "backup-",
        "backup-daily",
        "one-36",
        "virtnbdbackup.x",
        "17",
        "0170000000",
        "qmpbs",
        "qmpbs:",
        "qmpbs:0123456789abcdef:17:short",
        "qmpbs-0123ABCD-list0",
        "qmpbackup",
        "b\nveeam\n"
      })
  void anyOtherNameIsNobodys(String name) {
    assertThat(BitmapOwner.of(name).maker()).isEqualTo(Maker.UNKNOWN);
  }

  @Test
  void ourOwnNamesTheirTargetAndTheTimeOfTheirSnapshot() {
    BitmapOwner owner = BitmapOwner.of("qmpbs:0123456789abcdef:1795251600:00112233445566ff");
    assertThat(owner.maker()).isEqualTo(Maker.QMPBS);
    assertThat(owner.meaning()).isEqualTo("target 0123456789abcdef, snapshot 2026-11-21T09:00:00Z");
    assertThat(owner.epoch()).hasValueSatisfying(e -> assertThat(e.time()).isEqualTo(1795251600));
  }

  @Test
  void aTimeThatNoCalendarHasIsShownAllTheSame() {
    assertThat(
            BitmapOwner.of("qmpbs:0123456789abcdef:999999999999999999:0000000000000000").meaning())
        .contains("target 0123456789abcdef");
  }
}
