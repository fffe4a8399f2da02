package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefcountEntriesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 32, 64})
  void whatIsSetIsReadAndNothingElseChanges(int bits) {
    Random random = new Random(bits);
    byte[] block = new byte[512];
    random.nextBytes(block);
    int entries = 512 * 8 / bits;
    for (int i = 0; i < 1000; i++) {
      int index = random.nextInt(entries);
      long value = bits == 64 ? random.nextLong() >>> 1 : random.nextLong() & (1L << bits) - 1;
      byte[] after = block.clone();
      RefcountEntries.set(after, index, bits, value);
      assertThat(RefcountEntries.get(after, index, bits)).isEqualTo(value);
      int other = random.nextInt(entries);
      if (other != index) {
        assertThat(RefcountEntries.get(after, other, bits))
            .isEqualTo(RefcountEntries.get(block, other, bits));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theFirstOfAByteStandsInItsLowestBits(int bits) {
    byte[] block = new byte[512];
    RefcountEntries.set(block, 0, bits, 1);
    assertThat(block[0]).isEqualTo((byte) 1);
    RefcountEntries.set(block, 8 / bits, bits, 1);
    assertThat(block[1]).isEqualTo((byte) 1);
  }
}
