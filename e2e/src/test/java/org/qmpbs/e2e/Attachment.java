package org.qmpbs.e2e;

/** How a disk is given to QEMU. Each of them names the disk in another way. */
enum Attachment {
  /** {@code -blockdev} with a node name, {@code -device} with an id: modern management. */
  BLOCKDEV,
  /** {@code -blockdev} with a node name, {@code -device} without an id. */
  BLOCKDEV_WITHOUT_ID,
  /** {@code -drive if=none,id=…} and {@code -device} with an id: most hand-written scripts. */
  DRIVE,
  /** {@code -drive if=none,id=…} and {@code -device} without an id. */
  DRIVE_WITHOUT_DEVICE_ID,
  /** {@code -drive if=virtio|scsi|ide} alone: QEMU invents every name. */
  SHORT_DRIVE
}
