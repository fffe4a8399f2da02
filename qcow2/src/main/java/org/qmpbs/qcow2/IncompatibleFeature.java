package org.qmpbs.qcow2;

import java.util.EnumSet;
import java.util.Set;

/**
 * Features without which an image cannot be read rightly (docs/interop/qcow2.txt,
 * "incompatible_features").
 */
public enum IncompatibleFeature {
  /** Refcounts may be too low: QEMU did not close the image. */
  DIRTY(0, "dirty bit"),
  /** QEMU found damage and refuses to write. */
  CORRUPT(1, "corrupt bit"),
  /** Guest data stands in another file. */
  EXTERNAL_DATA_FILE(2, "external data file"),
  /** Clusters are compressed by something other than zlib. */
  COMPRESSION_TYPE(3, "compression type"),
  /** L2 entries of 16 bytes with a bitmap of subclusters. */
  EXTENDED_L2(4, "extended L2 entries");

  private final int bit;
  private final String description;

  IncompatibleFeature(int bit, String description) {
    this.bit = bit;
    this.description = description;
  }

  /** The name that QEMU's own feature name table gives it. */
  public String description() {
    return description;
  }

  /** The features of a mask; bits that this version does not know are left out. */
  static Set<IncompatibleFeature> of(long mask) {
    Set<IncompatibleFeature> features = EnumSet.noneOf(IncompatibleFeature.class);
    for (IncompatibleFeature feature : values()) {
      if ((mask >>> feature.bit & 1) != 0) {
        features.add(feature);
      }
    }
    return features;
  }

  /** The bits of a mask that this version does not know. */
  static long unknown(long mask) {
    long unknown = mask;
    for (IncompatibleFeature feature : values()) {
      unknown &= ~(1L << feature.bit);
    }
    return unknown;
  }
}
