package org.qmpbs.client.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.memory.Indexes;

class DigestSetTest {
  @Property(tries = 100)
  void holdsExactlyWhatWasAdded(@ForAll List<Short> added, @ForAll List<Short> asked) {
    DigestSet set = new DigestSet();
    Set<Digest> model = new HashSet<>();
    for (short value : added) {
      assertThat(set.add(digest(value))).isEqualTo(model.add(digest(value)));
    }
    assertThat(set.size()).isEqualTo(model.size());
    for (short value : asked) {
      assertThat(set.contains(digest(value))).isEqualTo(model.contains(digest(value)));
    }
  }

  @Test
  void growsFarBeyondItsFirstTable() {
    DigestSet set = new DigestSet();
    for (int i = 0; i < 50_000; i++) {
      assertThat(set.add(digest(i))).isTrue();
    }
    for (int i = 0; i < 50_000; i++) {
      assertThat(set.contains(digest(i))).isTrue();
    }
    assertThat(set.contains(digest(50_000))).isFalse();
    assertThat(set.size()).isEqualTo(50_000);
  }

  @Test
  void tellsDigestsApartThatStartAlike() {
    byte[] bytes = new byte[Digest.BYTES];
    DigestSet set = new DigestSet();
    for (int i = 1; i <= 100; i++) {
      bytes[31] = (byte) i;
      set.add(Digest.read(bytes, 0));
    }
    bytes[31] = 101;
    assertThat(set.contains(Digest.read(bytes, 0))).isFalse();
    assertThat(set.size()).isEqualTo(100);
  }

  @Test
  void refusesTheMarkOfAFreeSlot() {
    Digest zero = Digest.read(new byte[Digest.BYTES], 0);
    assertThatThrownBy(() -> new DigestSet().add(zero))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void takesAWholeIndex() {
    DigestSet set = new DigestSet();
    set.addAll(Indexes.of(10_000_000, "a", "b", "a"));
    assertThat(set.size()).isEqualTo(2);
    assertThat(set.contains(Indexes.digest("b"))).isTrue();
  }

  private static Digest digest(int value) {
    return Indexes.digest(Integer.toString(value));
  }
}
