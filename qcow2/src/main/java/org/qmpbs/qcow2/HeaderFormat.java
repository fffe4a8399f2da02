package org.qmpbs.qcow2;

/** Numbers of the qcow2 header (docs/interop/qcow2.txt, "Header"), and QEMU's limits. */
final class HeaderFormat {
  /** "QFI\xfb". */
  static final int MAGIC = 0x514649fb;

  static final int V2_LENGTH = 72;

  /** Least length of a version 3 header; what is longer has the compression type at 104. */
  static final int V3_LENGTH = 104;

  static final int MIN_CLUSTER_BITS = 9;

  /** QEMU opens no image with larger clusters (block/qcow2.h, MAX_CLUSTER_BITS). */
  static final int MAX_CLUSTER_BITS = 21;

  /** block/qcow2.h, QCOW_MAX_L1_SIZE, in bytes. */
  static final long MAX_L1_BYTES = 32 << 20;

  /** block/qcow2.h, QCOW_MAX_REFTABLE_SIZE, in bytes. */
  static final long MAX_REFCOUNT_TABLE_BYTES = 8 << 20;

  /** block/qcow2.h, QCOW_MAX_SNAPSHOTS. */
  static final int MAX_SNAPSHOTS = 65536;

  /** Longest name of a backing file: PATH_MAX of QEMU's struct, less the terminator. */
  static final int MAX_BACKING_NAME = 1023;

  /** Offsets in an image have 56 bits (bits 9 to 55 of table entries). */
  static final long MAX_OFFSET = (1L << 56) - 1;

  private HeaderFormat() {}
}
