package org.qmpbs.client.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.qmpbs.client.retention.Reason.Kind;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.KeepOptions;
import org.qmpbs.pbs.PruneDecision;
import org.qmpbs.pbs.Snapshot;

class RetentionReasonsTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static Candidate at(String time) {
    return new Candidate(Instant.parse(time).getEpochSecond(), false, true);
  }

  private static Map<String, String> texts(KeepOptions keep, ZoneId zone, Candidate... group) {
    Map<Long, Reason> reasons = RetentionReasons.of(List.of(group), keep, zone);
    Map<String, String> texts = new HashMap<>();
    reasons.forEach(
        (time, reason) -> texts.put(Instant.ofEpochSecond(time).toString(), reason.text()));
    return texts;
  }

  @Example
  void eachRuleGoesOnWhereTheOneBeforeHasEnded() {
    Map<String, String> texts =
        texts(
            new KeepOptions(1, 0, 2, 0, 0, 0),
            ZoneOffset.UTC,
            at("2026-11-21T14:00:00Z"),
            at("2026-11-21T09:00:00Z"),
            at("2026-11-20T14:00:00Z"),
            at("2026-11-20T09:00:00Z"),
            at("2026-11-19T14:00:00Z"),
            at("2026-11-18T14:00:00Z"));
    assertThat(texts)
        .containsOnly(
            Map.entry("2026-11-21T14:00:00Z", "last"),
            // The day is covered by the last one, and does not count for the days.
            Map.entry("2026-11-21T09:00:00Z", "no rule keeps it"),
            Map.entry("2026-11-20T14:00:00Z", "daily 2026-11-20"),
            Map.entry("2026-11-20T09:00:00Z", "daily 2026-11-20 has a newer one"),
            Map.entry("2026-11-19T14:00:00Z", "daily 2026-11-19"),
            Map.entry("2026-11-18T14:00:00Z", "no rule keeps it"));
  }

  @Example
  void protectedOnesStayAndCountForNone() {
    Candidate newest = new Candidate(300_000_000, true, true);
    Map<Long, Reason> reasons =
        RetentionReasons.of(
            List.of(newest, new Candidate(200_000_000, false, true), new Candidate(1, false, true)),
            new KeepOptions(1, 0, 0, 0, 0, 0),
            ZoneOffset.UTC);
    assertThat(reasons.get(300_000_000L).kind()).isEqualTo(Kind.PROTECTED);
    assertThat(reasons.get(200_000_000L).kind()).isEqualTo(Kind.RULE);
    assertThat(reasons.get(1L).kind()).isEqualTo(Kind.NO_RULE);
  }

  @Example
  void onlyTheNewestMayBeUnfinished() {
    Map<Long, Reason> reasons =
        RetentionReasons.of(
            List.of(
                new Candidate(4, false, false),
                new Candidate(3, false, false),
                new Candidate(2, false, true),
                new Candidate(1, false, false)),
            new KeepOptions(9, 0, 0, 0, 0, 0),
            ZoneOffset.UTC);
    assertThat(reasons.get(4L).kind()).isEqualTo(Kind.BEING_WRITTEN);
    assertThat(reasons.get(3L).kind()).isEqualTo(Kind.LEFT_UNFINISHED);
    assertThat(reasons.get(2L).kind()).isEqualTo(Kind.RULE);
    assertThat(reasons.get(1L).kind()).isEqualTo(Kind.LEFT_UNFINISHED);
  }

  @Example
  void weeksAreThoseOfIso8601AndHoursThoseOfTheZone() {
    long newYear = Instant.parse("2027-01-01T10:00:00Z").getEpochSecond();
    assertThat(KeepRule.WEEKLY.period(newYear, ZoneOffset.UTC)).isEqualTo("2026-W53");
    assertThat(KeepRule.HOURLY.period(newYear, BERLIN)).isEqualTo("2027-01-01 11h");
    // Both hours from 2 to 3 of the night in which summer time ends are one.
    long first = Instant.parse("2026-10-25T00:30:00Z").getEpochSecond();
    assertThat(KeepRule.HOURLY.period(first, BERLIN))
        .isEqualTo(KeepRule.HOURLY.period(first + 3600, BERLIN));
  }

  @Example
  void theZoneThatExplainsTheServersAnswerIsFound() {
    KeepOptions twoDays = new KeepOptions(0, 0, 2, 0, 0, 0);
    List<Candidate> group = List.of(at("2026-11-21T22:30:00Z"), at("2026-11-21T23:30:00Z"));
    List<PruneDecision> both = decisions(group, Set.of(0, 1));
    assertThat(RetentionReasons.agreeing(group, twoDays, both, List.of(ZoneOffset.UTC, BERLIN)))
        .contains(BERLIN);
    assertThat(
            RetentionReasons.agreeing(
                group, twoDays, decisions(group, Set.of()), List.of(ZoneOffset.UTC, BERLIN)))
        .isEmpty();
  }

  private static List<PruneDecision> decisions(List<Candidate> group, Set<Integer> kept) {
    List<PruneDecision> decisions = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      Snapshot snapshot = new Snapshot(BackupGroup.parse("vm/a"), group.get(i).time());
      decisions.add(new PruneDecision(snapshot, kept.contains(i), false));
    }
    return decisions;
  }

  @Property(tries = 500)
  void rulesKeepNoMoreThanTheyMayAndNeverTwoOfAPeriod(
      @ForAll("groups") List<Candidate> group, @ForAll("options") KeepOptions keep) {
    Map<Long, Reason> reasons = RetentionReasons.of(group, keep, BERLIN);
    assertThat(reasons).hasSize(group.size());
    for (KeepRule rule : KeepRule.values()) {
      Set<String> periods = new HashSet<>();
      List<Reason> kept =
          reasons.values().stream()
              .filter(each -> each.kind() == Kind.RULE && each.rule().orElseThrow() == rule)
              .toList();
      kept.forEach(each -> assertThat(periods.add(each.period())).isTrue());
      assertThat((long) kept.size()).isLessThanOrEqualTo(rule.count(keep));
    }
  }

  @Property(tries = 500)
  void theNewestBackupAndAllThatIsProtectedStays(
      @ForAll("groups") List<Candidate> group, @ForAll("options") KeepOptions keep) {
    Map<Long, Reason> reasons = RetentionReasons.of(group, keep, BERLIN);
    free(group).findFirst().ifPresent(each -> assertKept(reasons, each));
    group.stream().filter(Candidate::isProtected).forEach(each -> assertKept(reasons, each));
  }

  private static void assertKept(Map<Long, Reason> reasons, Candidate each) {
    assertThat(reasons.get(each.time()).kind().keeps()).isTrue();
  }

  @Property(tries = 500)
  void whatANewerOneReplacesHasANewerOneThatStays(
      @ForAll("groups") List<Candidate> group, @ForAll("options") KeepOptions keep) {
    Map<Long, Reason> reasons = RetentionReasons.of(group, keep, BERLIN);
    reasons.forEach(
        (time, reason) -> {
          if (reason.kind() == Kind.NEWER_IN_PERIOD) {
            KeepRule rule = reason.rule().orElseThrow();
            assertThat(reasons)
                .anySatisfy(
                    (other, its) -> {
                      assertThat(other).isGreaterThan(time);
                      assertThat(its.kind()).isEqualTo(Kind.RULE);
                      assertThat(rule.period(other, BERLIN)).isEqualTo(reason.period());
                    });
          }
        });
  }

  /** One rule alone keeps the newest of each of its newest periods, and nothing else. */
  @Property(tries = 500)
  void oneRuleAloneIsItsOwnDefinition(
      @ForAll("groups") List<Candidate> group, @ForAll("rules") KeepRule rule) {
    Map<Long, Reason> reasons = RetentionReasons.of(group, only(rule, 3), BERLIN);
    List<Long> expected = new ArrayList<>();
    Set<String> periods = new HashSet<>();
    free(group)
        .filter(each -> periods.add(rule.period(each.time(), BERLIN)))
        .limit(3)
        .forEach(each -> expected.add(each.time()));
    List<Long> kept =
        free(group)
            .map(Candidate::time)
            .filter(time -> reasons.get(time).kind() == Kind.RULE)
            .toList();
    assertThat(kept).isEqualTo(expected);
  }

  private static KeepOptions only(KeepRule rule, long count) {
    long[] counts = new long[KeepRule.values().length];
    counts[rule.ordinal()] = count;
    return new KeepOptions(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
  }

  private static Stream<Candidate> free(List<Candidate> group) {
    return group.stream()
        .filter(each -> each.isFinished() && !each.isProtected())
        .sorted(Comparator.comparingLong(Candidate::time).reversed());
  }

  @Provide
  Arbitrary<KeepRule> rules() {
    return Arbitraries.of(KeepRule.class);
  }

  @Provide
  Arbitrary<KeepOptions> options() {
    Arbitrary<Long> count = Arbitraries.longs().between(0, 4);
    return Combinators.combine(count, count, count, count, count, count)
        .as(KeepOptions::new)
        .filter(KeepOptions::keepsSomething);
  }

  /** Times from minutes to years apart, around the ends of summer time and of years. */
  @Provide
  Arbitrary<List<Candidate>> groups() {
    long end = Instant.parse("2027-01-03T00:00:00Z").getEpochSecond();
    Arbitrary<Long> times =
        Arbitraries.oneOf(
                Arbitraries.longs().between(0, 300),
                Arbitraries.longs().between(0, 24 * 60 * 90),
                Arbitraries.longs().between(0, 60 * 24 * 365 * 4))
            .map(minutes -> end - minutes * 60);
    Arbitrary<Boolean> seldom =
        Arbitraries.frequencyOf(
            Tuple.of(9, Arbitraries.just(false)), Tuple.of(1, Arbitraries.just(true)));
    return Combinators.combine(times, seldom, seldom)
        .as((time, isProtected, unfinished) -> new Candidate(time, isProtected, !unfinished))
        .list()
        .uniqueElements(Candidate::time)
        .ofMaxSize(40);
  }
}
