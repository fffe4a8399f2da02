package org.qmpbs.client.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SparseRunsTest {
  @Property(tries = 200)
  void runsPutTogetherAreTheChunkAndHoldNoBlockOfZeros(
      @ForAll @Size(max = 8) boolean[] blocks, @ForAll @IntRange(min = 0, max = 65_535) int tail)
      throws IOException {
    byte[] plain = new byte[blocks.length * SparseRuns.BLOCK + tail];
    for (int i = 0; i < blocks.length; i++) {
      plain[i * SparseRuns.BLOCK + 7] = (byte) (blocks[i] ? 1 : 0);
    }
    byte[] copy = new byte[plain.length];
    int[] end = {-1};
    SparseRuns.forEach(
        plain,
        (from, length) -> {
          assertThat(from).isGreaterThan(end[0]);
          assertThat(plain[from + 7]).isEqualTo((byte) 1);
          System.arraycopy(plain, from, copy, from, length);
          end[0] = from + length;
        });
    assertThat(copy).isEqualTo(plain);
  }
}
