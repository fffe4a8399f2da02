package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.BitSet;

/** The clusters of an image that is whole in which nothing may ever be written. */
final class GuestClusters {
  private final BitSet clusters = new BitSet();
  private final int clusterBits;

  GuestClusters(byte[] whole) throws IOException {
    ImageCheck check = ImageCheck.of(new MemoryImage(whole));
    clusterBits = check.scan().header().clusterBits();
    Census census = new Census(clusterBits, (whole.length >> clusterBits) + 1);
    census.moveTo(0);
    check.walk().count(census);
    for (int i = 0; i < census.size(); i++) {
      clusters.set(i, census.references(i) > 0);
    }
    // The header and the refcounts are for all.
    clusters.clear(0);
    for (int i = 0; i < check.refcounts().count(); i++) {
      clusters.clear((int) (check.refcounts().offset(i) >> clusterBits));
    }
    assertThat(clusters.cardinality()).isPositive();
  }

  void assertUntouched(MemoryImage image) {
    for (MemoryImage.Write write : image.writes()) {
      long last = (write.offset() + write.bytes().length - 1) >> clusterBits;
      assertThat(clusters.get((int) (write.offset() >> clusterBits))).isFalse();
      assertThat(clusters.get((int) last)).isFalse();
    }
  }
}
