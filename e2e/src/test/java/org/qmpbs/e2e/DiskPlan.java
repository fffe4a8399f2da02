package org.qmpbs.e2e;

/**
 * One disk of a machine, as the test wants it.
 *
 * @param label short name, from which ids and file name are made
 * @param format of the image
 * @param bus what the guest sees
 * @param attachment how QEMU gets it
 * @param size in bytes
 * @param iothread whether its requests run in a thread of their own
 */
record DiskPlan(
    String label, ImageFormat format, Bus bus, Attachment attachment, long size, boolean iothread) {

  static DiskPlan of(String label, ImageFormat format, long size) {
    return new DiskPlan(label, format, Bus.VIRTIO, Attachment.BLOCKDEV, size, false);
  }

  DiskPlan on(Bus newBus) {
    return new DiskPlan(label, format, newBus, attachment, size, iothread);
  }

  DiskPlan attachedBy(Attachment newAttachment) {
    return new DiskPlan(label, format, bus, newAttachment, size, iothread);
  }

  DiskPlan withIothread() {
    return new DiskPlan(label, format, bus, attachment, size, true);
  }

  /** The name that users and archives have to know this disk by. */
  String name() {
    return switch (attachment) {
      case BLOCKDEV, DRIVE -> label;
      case BLOCKDEV_WITHOUT_ID -> "node-" + label;
      case DRIVE_WITHOUT_DEVICE_ID -> "drive-" + label;
      case SHORT_DRIVE -> bus == Bus.IDE ? "ide0-hd0" : "virtio0";
    };
  }

  /** The archive's name on the command line of a restore: without {@code .fidx}. */
  String archive() {
    String name = name();
    return (name.startsWith("drive-") ? name : "drive-" + name) + ".img";
  }
}
