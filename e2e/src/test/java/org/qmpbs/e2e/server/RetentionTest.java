package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Cases worked out by hand from the rules that the documentation of the prune simulator gives in
 * words: the last N hours, days, weeks … that have a backup; of each the latest; a longer period
 * looks only at what is older than the shorter ones cover; weeks begin on Monday.
 */
class RetentionTest {
  private static Retention retention(String keep, ZoneId zone) {
    Map<Retention.Period, Long> numbers = new EnumMap<>(Retention.Period.class);
    for (String option : keep.split(" ", -1)) {
      if (!option.isEmpty()) {
        String[] parts = option.split("=", 2);
        numbers.put(
            Arrays.stream(Retention.Period.values())
                .filter(period -> period.parameter().equals("keep-" + parts[0]))
                .findFirst()
                .orElseThrow(),
            Long.parseLong(parts[1]));
      }
    }
    return new Retention(numbers, zone);
  }

  private static List<Long> kept(String keep, ZoneId zone, List<Long> times) {
    return retention(keep, zone)
        .mark(times.stream().map(time -> new Retention.Snapshot(time, true, false)).toList())
        .stream()
        .filter(marked -> marked.mark() != Retention.Mark.REMOVE)
        .map(marked -> marked.snapshot().time())
        .toList();
  }

  private static long utc(String time) {
    return LocalDateTime.parse(time.contains("T") ? time : time + "T00:00")
        .toEpochSecond(ZoneOffset.UTC);
  }

  /** 2024-01-01 is a Monday, so 2024-02-26, 03-04, 03-11 and 03-18 are Mondays, too. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // The newest ones, however close they are.
        "last=2 | 2024-03-01T10:00 2024-03-01T10:01 2024-03-01T10:02 | 2024-03-01T10:01"
            + " 2024-03-01T10:02",
        // Two of one hour: only the later counts. Hours without a backup do not count.
        "hourly=2 | 2024-03-01T07:30 2024-03-01T10:00 2024-03-01T10:59 | 2024-03-01T07:30"
            + " 2024-03-01T10:59",
        "hourly=1 | 2024-03-01T09:59 2024-03-01T10:00 | 2024-03-01T10:00",
        // Days without a backup do not count: the third day back is the 20th.
        "daily=3 | 2024-02-20 2024-02-28T01:00 2024-02-28T23:00 2024-03-01 | 2024-02-20"
            + " 2024-02-28T23:00 2024-03-01",
        "daily=1 | 2024-02-29T23:59 2024-03-01T00:00 | 2024-03-01T00:00",
        // A Sunday belongs to the week of the Monday before it.
        "weekly=1 | 2024-03-03 2024-03-04 2024-03-10 | 2024-03-10",
        "weekly=2 | 2024-03-03 2024-03-04 2024-03-10 | 2024-03-03 2024-03-10",
        // The end of the year: 2024-12-30 is Monday of the week that 2025-01-01 lies in.
        "weekly=1 | 2024-12-29 2024-12-30 2025-01-01 | 2025-01-01",
        "weekly=2 | 2024-12-29 2024-12-30 2025-01-01 | 2024-12-29 2025-01-01",
        // 2021-01-03 is a Sunday in the last week of 2020, 2021-01-04 the Monday after it.
        "weekly=2 | 2020-12-28 2021-01-03 2021-01-04 | 2021-01-03 2021-01-04",
        "monthly=2 | 2023-11-30 2024-01-31 2024-03-01 2024-03-31 | 2024-01-31 2024-03-31",
        "yearly=2 | 2019-06-01 2022-01-01 2022-12-31 2024-05-05 | 2022-12-31 2024-05-05",
        // The day of a kept snapshot is covered: keep-daily goes on with older days.
        "last=1 daily=1 | 2024-03-01T08:00 2024-03-02T08:00 2024-03-02T20:00 | 2024-03-01T08:00"
            + " 2024-03-02T20:00",
        "last=2 daily=1 | 2024-03-01T08:00 2024-03-02T08:00 2024-03-02T20:00 | 2024-03-01T08:00"
            + " 2024-03-02T08:00 2024-03-02T20:00",
        // The example of the documentation: the week of 2024-02-26 is covered by keep-weekly, so
        // keep-monthly does not see the backup of February that lies in it, and takes an older one.
        "weekly=1 monthly=1 | 2024-02-10 2024-02-28 2024-03-02 | 2024-02-10 2024-03-02",
        "daily=2 weekly=1 | 2024-02-25 2024-03-07 2024-03-08 2024-03-09 | 2024-02-25 2024-03-08"
            + " 2024-03-09",
        // The month that the days lie in counts as covered.
        "daily=1 monthly=1 | 2024-01-15 2024-02-10 2024-03-02 2024-03-09 | 2024-02-10 2024-03-09",
        "monthly=1 yearly=1 | 2022-07-01 2023-07-01 2024-01-01 2024-06-01 | 2023-07-01 2024-06-01",
        // More than there are.
        "last=9 | 2024-03-01 2024-03-02 | 2024-03-01 2024-03-02",
      })
  void theDocumentedRulesHold(String keep, String times, String expected) {
    assertThat(kept(keep, ZoneOffset.UTC, seconds(times))).isEqualTo(seconds(expected));
  }

  private static List<Long> seconds(String times) {
    return Arrays.stream(times.split(" ", -1)).map(RetentionTest::utc).toList();
  }

  /** One backup a day for a year, with the options that the documentation's example recommends. */
  @Test
  void aYearOfNightsIsThinnedOut() {
    List<Long> nights =
        IntStream.range(0, 366).mapToObj(day -> utc("2024-01-01T03:00") + day * 86_400L).toList();
    List<String> kept =
        kept("last=3 daily=13 weekly=8 monthly=11 yearly=9", ZoneOffset.UTC, nights).stream()
            .map(time -> Instant.ofEpochSecond(time).toString().substring(0, 10))
            .toList();
    // 2024-12-31 is a Tuesday. 3 last, 13 days before; they reach into the week of 12-16, so the
    // weeks go on with the Sunday 12-15; they reach into October, so the months go on with
    // September; the year of all of them is covered.
    List<String> expected = new ArrayList<>();
    expected.addAll(List.of("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"));
    expected.addAll(List.of("2024-06-30", "2024-07-31", "2024-08-31", "2024-09-30"));
    expected.addAll(List.of("2024-10-27", "2024-11-03", "2024-11-10", "2024-11-17", "2024-11-24"));
    expected.addAll(List.of("2024-12-01", "2024-12-08", "2024-12-15"));
    IntStream.rangeClosed(16, 31).forEach(day -> expected.add("2024-12-" + day));
    assertThat(kept).isEqualTo(expected);
  }

  @Test
  void daysAreThoseOfTheServersZone() {
    List<Long> times = List.of(utc("2024-03-01T22:30"), utc("2024-03-01T23:30"));
    assertThat(kept("daily=2", ZoneOffset.UTC, times)).hasSize(1);
    assertThat(kept("daily=2", ZoneId.of("Europe/Vienna"), times)).hasSize(2);
  }

  /** The clock shows 02:30 twice that night, so both belong to one hour. */
  @Test
  void theHourThatIsSetBackIsOneHour() {
    ZonedDateTime first = ZonedDateTime.of(2024, 10, 27, 0, 30, 0, 0, ZoneOffset.UTC);
    List<Long> times = List.of(first.toEpochSecond(), first.plusHours(1).toEpochSecond());
    assertThat(kept("hourly=2", ZoneId.of("Europe/Vienna"), times)).containsExactly(times.get(1));
    assertThat(kept("hourly=2", ZoneOffset.UTC, times)).isEqualTo(times);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // From old to new; f finished, u unfinished, p protected. The marks in the same order.
        "ffu | last=1 | REMOVE KEEP KEEP_PARTIAL",
        "fuf | last=2 | KEEP REMOVE KEEP",
        "uu | last=2 | REMOVE KEEP_PARTIAL",
        "pff | last=1 | PROTECTED REMOVE KEEP",
        "ffp | last=1 | REMOVE KEEP PROTECTED",
        "fpf | last=2 | KEEP PROTECTED KEEP",
      })
  void unfinishedAndProtectedOnesAreNotCounted(String kinds, String keep, String marks) {
    List<Retention.Snapshot> snapshots = new ArrayList<>();
    for (int i = 0; i < kinds.length(); i++) {
      char kind = kinds.charAt(i);
      snapshots.add(new Retention.Snapshot(utc("2024-03-01") + i, kind != 'u', kind == 'p'));
    }
    assertThat(
            retention(keep, ZoneOffset.UTC).mark(snapshots).stream()
                .map(marked -> marked.mark().name()))
        .containsExactly(marks.split(" ", -1));
  }

  @Test
  void noOptionKeepsAll() {
    assertThat(retention("", ZoneOffset.UTC).keepsAll()).isTrue();
    assertThat(retention("last=1", ZoneOffset.UTC).keepsAll()).isFalse();
  }
}
