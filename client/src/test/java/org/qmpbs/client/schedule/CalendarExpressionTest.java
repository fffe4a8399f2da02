package org.qmpbs.client.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalendarExpressionTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  /** Each answer is what systemd 252 said. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          daily                    | *-*-* 00:00:00            | 2026-03-28T00:00:00Z
          weekly                   | Mon *-*-* 00:00:00        | 2026-03-30T00:00:00Z
          quarterly                | *-01,04,07,10-01 00:00:00 | 2026-04-01T00:00:00Z
          Mon..Fri 2:30            | Mon..Fri *-*-* 02:30:00   | 2026-03-30T02:30:00Z
          Sat,Mon-Wed *-*~03       | Mon..Wed,Sat *-*~03 00:00:00 | 2026-04-28T00:00:00Z
          *:0/15                   | *-*-* *:00/15:00          | 2026-03-27T12:15:00Z
          Mon *-5-* 4..6/2,1:00    | Mon *-05-* 01,04..06/2:00:00 | 2026-05-04T01:00:00Z
          03-05 08:05:40           | *-03-05 08:05:40          | 2027-03-05T08:05:40Z
          *-*~3/2                  | *-*~03/2 00:00:00         | 2026-03-29T00:00:00Z
          *-*~10..20/3             | *-*~10..19/3 00:00:00     | 2026-04-12T00:00:00Z
          *-2-29                   | *-02-29 00:00:00          | 2028-02-29T00:00:00Z
          1:00:00/7                | *-*-* 01:00:00/7          | 2026-03-28T01:00:00Z
          27-1-1                   | 2027-01-01 00:00:00       | 2027-01-01T00:00:00Z
          daily Europe/Berlin      | *-*-* 00:00:00 Europe/Berlin | 2026-03-27T23:00:00Z
          """)
  void isReadAsSystemdReadsIt(String text, String normalized, Instant next) {
    CalendarExpression expression = CalendarExpression.parse(text);

    assertThat(expression).hasToString(normalized);
    assertThat(expression.next(Instant.parse("2026-03-27T12:00:00Z"), ZoneOffset.UTC))
        .contains(next);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          *:*/15      | expected a first value before /, as in 0/15, at character 4
          Sun..Mon    | expected a range of days from Mon to Sun
          Mo          | expected a day as in Mon or Monday, found 'Mo', at character 1
          24:00       | expected an hour from 0 to 23, found 24, at character 1
          12:60       | expected a minute from 0 to 59, found 60, at character 4
          *-13-1      | expected a month from 1 to 12, found 13
          4..3:00     | expected a range that goes up, found 4..3
          0/0:0       | expected a repetition of at least 1
          5/20:00     | expected a repetition that happens between 0 and 23, found /20
          1:0 Mon     | expected the end, or the name of a time zone
          1:00:00.5   | expected the end, or the name of a time zone
          every night | expected a day as in Mon or Monday, found 'every'
          @1700000000 | expected a number
          1           | expected : between hour and minute
          """)
  void saysWhatItExpectedAndWhere(String text, String problem) {
    assertThatThrownBy(() -> CalendarExpression.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "' is no calendar expression: ")
        .hasMessageContaining(problem);
  }

  @Test
  void nothingIsNoExpression() {
    assertThatThrownBy(() -> CalendarExpression.parse("")).hasMessageContaining("found nothing");
    assertThatThrownBy(() -> CalendarExpression.parse("UTC")).hasMessageContaining("found 'UTC'");
  }

  @Test
  void aTimeThatTheClockSkipsIsNotDueThatDay() {
    CalendarExpression night = CalendarExpression.parse("2:30");

    assertThat(night.next(Instant.parse("2026-03-28T12:00:00Z"), BERLIN))
        .contains(Instant.parse("2026-03-30T00:30:00Z"));
  }

  @Test
  void aTimeThatComesTwiceIsDueOnce() {
    CalendarExpression night = CalendarExpression.parse("2:30");
    Instant first = night.next(Instant.parse("2026-10-24T12:00:00Z"), BERLIN).orElseThrow();

    assertThat(first).isEqualTo("2026-10-25T00:30:00Z");
    assertThat(night.next(first, BERLIN)).contains(Instant.parse("2026-10-26T01:30:00Z"));
  }

  @Test
  void theTimeItselfIsNotAfterItself() {
    Instant midnight = Instant.parse("2026-03-28T00:00:00Z");

    assertThat(CalendarExpression.parse("daily").next(midnight, ZoneOffset.UTC))
        .contains(Instant.parse("2026-03-29T00:00:00Z"));
    assertThat(CalendarExpression.parse("daily").next(midnight.minusNanos(1), ZoneOffset.UTC))
        .contains(midnight);
  }

  @Test
  void aDayThatNeverComesIsNeverDue() {
    assertThat(CalendarExpression.parse("*-2-30").next(Instant.EPOCH, ZoneOffset.UTC)).isEmpty();
    assertThat(
            CalendarExpression.parse("2020-1-1")
                .next(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC))
        .isEmpty();
  }
}
