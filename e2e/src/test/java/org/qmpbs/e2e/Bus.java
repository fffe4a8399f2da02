package org.qmpbs.e2e;

/** What the guest sees its disk on. */
enum Bus {
  VIRTIO("virtio-blk-pci", "virtio"),
  SCSI("scsi-hd", "scsi"),
  IDE("ide-hd", "ide");

  private final String device;
  private final String legacyInterface;

  Bus(String device, String legacyInterface) {
    this.device = device;
    this.legacyInterface = legacyInterface;
  }

  /** The driver of {@code -device}. */
  String device() {
    return device;
  }

  /** The word of {@code -drive if=}. */
  String legacyInterface() {
    return legacyInterface;
  }
}
