package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.qmpbs.client.retention.Candidate;
import org.qmpbs.client.retention.Reason;
import org.qmpbs.client.retention.RetentionReasons;
import org.qmpbs.pbs.KeepOptions;

/** What holds for every group of snapshots and every choice of options. */
class RetentionPropertiesTest {
  /** 2019 to 2026; some years end in the middle of a week. */
  private static final long FROM = 1_546_300_800;

  private static final long TO = 1_798_761_600;

  @Provide
  Arbitrary<List<Retention.Snapshot>> groups() {
    Arbitrary<Long> anywhere = Arbitraries.longs().between(FROM, TO);
    // Clusters are what makes several fall into one hour or day.
    Arbitrary<Long> close = Arbitraries.longs().between(FROM, FROM + 20 * 86_400L);
    return Combinators.combine(
            Arbitraries.oneOf(anywhere, close),
            Arbitraries.frequency(Tuple.of(5, true), Tuple.of(1, false)),
            Arbitraries.frequency(Tuple.of(1, true), Tuple.of(6, false)))
        .as(Retention.Snapshot::new)
        .list()
        .ofMaxSize(40)
        .uniqueElements(Retention.Snapshot::time);
  }

  @Provide
  Arbitrary<Retention> retentions() {
    return Combinators.combine(
            Arbitraries.maps(
                    Arbitraries.of(Retention.Period.class), Arbitraries.longs().between(1, 9))
                .ofMinSize(1),
            Arbitraries.of("UTC", "Europe/Vienna", "Pacific/Apia", "America/St_Johns"))
        .as((keep, zone) -> new Retention(keep, ZoneId.of(zone)));
  }

  private static List<Retention.Marked> kept(List<Retention.Marked> marked) {
    return marked.stream().filter(each -> each.mark() == Retention.Mark.KEEP).toList();
  }

  private static Retention with(Retention retention, Retention.Period period, long number) {
    Map<Retention.Period, Long> keep = new EnumMap<>(Retention.Period.class);
    keep.putAll(retention.keep());
    keep.put(period, number);
    return new Retention(keep, retention.zone());
  }

  @Property
  void everySnapshotHasOneFateAndTheListIsInOrder(
      @ForAll("groups") List<Retention.Snapshot> group, @ForAll("retentions") Retention retention) {
    assertThat(retention.mark(group).stream().map(Retention.Marked::snapshot))
        .containsExactlyElementsOf(
            group.stream().sorted(Comparator.comparingLong(Retention.Snapshot::time)).toList());
  }

  @Property
  void whatIsProtectedIsNeverRemovedAndNothingElseIsCalledSo(
      @ForAll("groups") List<Retention.Snapshot> group, @ForAll("retentions") Retention retention) {
    for (Retention.Marked marked : retention.mark(group)) {
      assertThat(marked.mark() == Retention.Mark.PROTECTED)
          .isEqualTo(marked.snapshot().isProtected());
    }
  }

  @Property
  void theReasonsThatTheClientFindsAreThoseOfTheFates(
      @ForAll("groups") List<Retention.Snapshot> group, @ForAll("retentions") Retention retention) {
    List<Candidate> candidates =
        group.stream()
            .map(each -> new Candidate(each.time(), each.isProtected(), each.isFinished()))
            .toList();
    Map<Long, Reason> reasons =
        RetentionReasons.of(candidates, options(retention), retention.zone());
    for (Retention.Marked marked : retention.mark(group)) {
      Reason reason = Objects.requireNonNull(reasons.get(marked.snapshot().time()));
      assertThat(reason.kind().keeps()).isEqualTo(marked.mark() != Retention.Mark.REMOVE);
      assertThat(reason.kind() == Reason.Kind.PROTECTED)
          .isEqualTo(marked.mark() == Retention.Mark.PROTECTED);
      assertThat(reason.kind() == Reason.Kind.BEING_WRITTEN)
          .isEqualTo(marked.mark() == Retention.Mark.KEEP_PARTIAL);
    }
  }

  private static KeepOptions options(Retention retention) {
    Map<Retention.Period, Long> keep = retention.keep();
    return new KeepOptions(
        keep.getOrDefault(Retention.Period.LAST, 0L),
        keep.getOrDefault(Retention.Period.HOURLY, 0L),
        keep.getOrDefault(Retention.Period.DAILY, 0L),
        keep.getOrDefault(Retention.Period.WEEKLY, 0L),
        keep.getOrDefault(Retention.Period.MONTHLY, 0L),
        keep.getOrDefault(Retention.Period.YEARLY, 0L));
  }

  @Property
  void ofUnfinishedOnesOnlyTheNewestOfAllMayStay(
      @ForAll("groups") List<Retention.Snapshot> group, @ForAll("retentions") Retention retention) {
    long newest = group.stream().mapToLong(Retention.Snapshot::time).max().orElse(0);
    for (Retention.Marked marked : retention.mark(group)) {
      Retention.Snapshot snapshot = marked.snapshot();
      if (!snapshot.isFinished() && !snapshot.isProtected()) {
        assertThat(marked.mark())
            .isEqualTo(
                snapshot.time() == newest ? Retention.Mark.KEEP_PARTIAL : Retention.Mark.REMOVE);
      } else {
        assertThat(marked.mark()).isNotEqualTo(Retention.Mark.KEEP_PARTIAL);
      }
    }
  }

  @Property
  void theNewestUsableSnapshotStays(
      @ForAll("groups") List<Retention.Snapshot> group, @ForAll("retentions") Retention retention) {
    Predicate<Retention.Snapshot> usable =
        snapshot -> snapshot.isFinished() && !snapshot.isProtected();
    retention.mark(group).stream()
        .filter(marked -> usable.test(marked.snapshot()))
        .reduce((older, newer) -> newer)
        .ifPresent(newest -> assertThat(newest.mark()).isEqualTo(Retention.Mark.KEEP));
  }

  @Property
  void noMoreAreKeptThanTheOptionsAddUpTo(
      @ForAll("groups") List<Retention.Snapshot> group, @ForAll("retentions") Retention retention) {
    long most = retention.keep().values().stream().mapToLong(Long::longValue).sum();
    assertThat((long) kept(retention.mark(group)).size()).isLessThanOrEqualTo(most);
  }

  @Property
  void whatRemainsIsNotThinnedOutAgain(
      @ForAll("groups") List<Retention.Snapshot> group, @ForAll("retentions") Retention retention) {
    List<Retention.Snapshot> remaining =
        retention.mark(group).stream()
            .filter(marked -> marked.mark() != Retention.Mark.REMOVE)
            .map(Retention.Marked::snapshot)
            .toList();
    assertThat(retention.mark(remaining))
        .noneMatch(marked -> marked.mark() == Retention.Mark.REMOVE);
  }

  @Property
  void aLargerNumberOfTheLongestPeriodRemovesNothingMore(
      @ForAll("groups") List<Retention.Snapshot> group, @ForAll("retentions") Retention retention) {
    Retention.Period longest =
        retention.keep().keySet().stream().max(Comparator.naturalOrder()).orElseThrow();
    long number = retention.keep().get(longest);
    assertThat(kept(with(retention, longest, number + 1).mark(group)))
        .containsAll(kept(retention.mark(group)));
  }

  @Property
  void theOrderInWhichSnapshotsAreGivenDoesNotMatter(
      @ForAll("groups") List<Retention.Snapshot> group, @ForAll("retentions") Retention retention) {
    List<Retention.Snapshot> reversed = new ArrayList<>(group);
    reversed.sort(Comparator.comparingLong(Retention.Snapshot::time).reversed());
    assertThat(retention.mark(reversed)).isEqualTo(retention.mark(group));
  }

  /** Said of one option alone, in another way than the code does it; weeks are those of Germany. */
  @Property
  void oneOptionAloneKeepsTheLatestOfEachOfTheLastPeriods(
      @ForAll("groups") List<Retention.Snapshot> group,
      @ForAll("periods") Retention.Period period) {
    Retention retention = new Retention(Map.of(period, 3L), ZoneOffset.UTC);
    DateTimeFormatter name = DateTimeFormatter.ofPattern(pattern(period), Locale.GERMANY);
    Map<String, Long> latest =
        group.stream()
            .filter(snapshot -> snapshot.isFinished() && !snapshot.isProtected())
            .collect(
                Collectors.toMap(
                    snapshot -> name.format(utc(snapshot.time())),
                    Retention.Snapshot::time,
                    Math::max));
    Set<Long> expected =
        latest.values().stream()
            .sorted(Comparator.reverseOrder())
            .limit(3)
            .collect(Collectors.toCollection(HashSet::new));
    assertThat(kept(retention.mark(group)).stream().map(marked -> marked.snapshot().time()))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Provide
  Arbitrary<Retention.Period> periods() {
    return Arbitraries.of(Retention.Period.class);
  }

  private static String pattern(Retention.Period period) {
    return switch (period) {
      case LAST -> "yyyyMMddHHmmss";
      case HOURLY -> "yyyyMMddHH";
      case DAILY -> "yyyyMMdd";
      case WEEKLY -> "YYYY'w'ww";
      case MONTHLY -> "yyyyMM";
      case YEARLY -> "yyyy";
    };
  }

  private static ZonedDateTime utc(long time) {
    return Instant.ofEpochSecond(time).atZone(ZoneOffset.UTC);
  }
}
