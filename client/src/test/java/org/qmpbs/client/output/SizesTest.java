package org.qmpbs.client.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "1,1",
    "10M,10000000",
    "10MB,10000000",
    "20MiB/s,20971520",
    "20 Mi,20971520",
    "1.5k,1500",
    "1g,1000000000",
    "2TiB,2199023255552"
  })
  void readsSizesAsTheOfficialClientDoes(String text, long bytes) {
    assertThat(Sizes.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "-1M", "0", "0.2", "1 parsec", "1MM", "9999999999999999", "1e9"})
  void refusesWhatIsNoSize(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Sizes.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0 B",
    "1023,1023 B",
    "1024,1 KiB",
    "1536,1.5 KiB",
    "4194304,4 MiB",
    "1099511627776,1 TiB",
    "110100480,105 MiB"
  })
  void writesSizesForPeople(long bytes, String text) {
    assertThat(Sizes.format(bytes)).isEqualTo(text);
  }

  @Property
  void whatIsWrittenIsReadBackWithinFivePercent(
      @ForAll @LongRange(min = 1, max = 1L << 50) long size) {
    assertThat((double) Sizes.parse(Sizes.format(size))).isBetween(size * 0.95, size * 1.05);
  }

  @ParameterizedTest
  @CsvSource({"4h,14400", "90m,5400", "1h30m,5400", "45,45", "45s,45", "1d,86400"})
  void readsDurations(String text, long seconds) {
    assertThat(Durations.parse(text)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "h", "1w", "30m1h", "-5"})
  void refusesWhatIsNoDuration(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"1500,1.5 s", "59000,59 s", "125000,2m05s", "3725000,1h02m"})
  void writesDurations(long millis, String text) {
    assertThat(Durations.format(Duration.ofMillis(millis))).isEqualTo(text);
  }
}
