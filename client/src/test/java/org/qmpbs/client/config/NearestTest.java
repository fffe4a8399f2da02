package org.qmpbs.client.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> KEYS = List.of("rate", "retry", "retry-delay", "scratch");

  @Test
  void aMistypedWordIsRecognisedAndAnotherOneIsNot() {
    assertThat(Nearest.to("scrtach", KEYS)).contains("scratch");
    assertThat(Nearest.to("rates", KEYS)).contains("rate");
    assertThat(Nearest.to("retry_delay", KEYS)).contains("retry-delay");
    assertThat(Nearest.to("colour", KEYS)).isEmpty();
    assertThat(Nearest.to("", KEYS)).isEmpty();
  }

  @Property(tries = 300)
  void theDistanceIsOneOnlyOfTheSameWordsIsItNothing(
      @ForAll @AlphaChars @StringLength(max = 8) String left,
      @ForAll @AlphaChars @StringLength(max = 8) String right) {
    int distance = Nearest.distance(left, right);
    assertThat(distance).isEqualTo(Nearest.distance(right, left));
    assertThat(distance == 0).isEqualTo(left.equals(right));
    assertThat(distance)
        .isBetween(
            Math.abs(left.length() - right.length()), Math.max(left.length(), right.length()));
  }
}
