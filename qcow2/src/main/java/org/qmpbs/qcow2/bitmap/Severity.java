package org.qmpbs.qcow2.bitmap;

/** What a broken rule does to the image. */
public enum Severity {
  /** QEMU and its tools refuse to open the image: a machine does not start. */
  UNOPENABLE,
  /**
   * Guest data or the structures that lead to it are at stake: QEMU opens the image, and the next
   * write may destroy what another structure holds.
   */
  DANGEROUS,
  /** The bitmap is of no use any more; QEMU opens the image and the data is whole. */
  USELESS,
  /** Clusters that nothing uses any more: room is lost, nothing else. */
  LEAK,
  /** Unusual, harmless. */
  NOTE
}
