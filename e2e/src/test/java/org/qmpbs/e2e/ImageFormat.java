package org.qmpbs.e2e;

/** Formats of disk images. */
enum ImageFormat {
  QCOW2,
  RAW;

  /** QEMU's name for it. */
  String driver() {
    return this == QCOW2 ? "qcow2" : "raw";
  }
}
