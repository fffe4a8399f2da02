package org.qmpbs.client.retention;

import java.time.ZoneId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qmpbs.client.retention.Reason.Kind;
import org.qmpbs.pbs.KeepOptions;
import org.qmpbs.pbs.PruneDecision;

/**
 * Says why a prune keeps or removes each snapshot, by going through the server's rules as the
 * server does (docs/protocol.md, "Retention"). The server answers yes or no only, and what it
 * answers counts: this is an explanation, never a decision. Where both differ, it has nothing to
 * say: most likely the server's hours and days are those of another time zone, which it does not
 * tell, or it lists something that was not there a moment ago.
 */
public final class RetentionReasons {
  private RetentionReasons() {}

  /** The reason for each snapshot, by its time. */
  public static Map<Long, Reason> of(List<Candidate> group, KeepOptions keep, ZoneId zone) {
    List<Candidate> newestFirst =
        group.stream().sorted(Comparator.comparingLong(Candidate::time).reversed()).toList();
    Map<Long, Reason> reasons = new HashMap<>();
    markUnfinished(newestFirst, reasons);
    for (KeepRule rule : KeepRule.values()) {
      if (rule.count(keep) > 0) {
        mark(newestFirst, reasons, rule, rule.count(keep), zone);
      }
    }
    for (Candidate each : newestFirst) {
      if (each.isProtected()) {
        reasons.put(each.time(), Reason.of(Kind.PROTECTED));
      } else {
        reasons.putIfAbsent(each.time(), Reason.of(Kind.NO_RULE));
      }
    }
    return reasons;
  }

  private static void markUnfinished(List<Candidate> newestFirst, Map<Long, Reason> reasons) {
    boolean newest = true;
    for (Candidate each : newestFirst) {
      if (!each.isFinished()) {
        reasons.put(each.time(), Reason.of(newest ? Kind.BEING_WRITTEN : Kind.LEFT_UNFINISHED));
      }
      newest = false;
    }
  }

  private static void mark(
      List<Candidate> newestFirst,
      Map<Long, Reason> reasons,
      KeepRule rule,
      long count,
      ZoneId zone) {
    Set<String> keptBefore = new HashSet<>();
    for (Candidate each : newestFirst) {
      Reason earlier = reasons.get(each.time());
      if (earlier != null && earlier.kind() == Kind.RULE) {
        keptBefore.add(rule.period(each.time(), zone));
      }
    }
    Set<String> kept = new HashSet<>();
    for (Candidate each : newestFirst) {
      String period = rule.period(each.time(), zone);
      if (reasons.containsKey(each.time()) || each.isProtected() || keptBefore.contains(period)) {
        continue;
      }
      if (kept.contains(period)) {
        reasons.put(each.time(), Reason.of(Kind.NEWER_IN_PERIOD, rule, period));
      } else if (kept.size() >= count) {
        return;
      } else {
        kept.add(period);
        reasons.put(each.time(), Reason.of(Kind.RULE, rule, period));
      }
    }
  }

  /** The first of {@code zones} with which the reasons agree with all that the server decided. */
  public static Optional<ZoneId> agreeing(
      List<Candidate> group, KeepOptions keep, List<PruneDecision> decisions, List<ZoneId> zones) {
    return zones.stream().filter(zone -> agree(of(group, keep, zone), decisions)).findFirst();
  }

  private static boolean agree(Map<Long, Reason> reasons, List<PruneDecision> decisions) {
    return decisions.stream()
        .allMatch(
            decision -> {
              Reason reason = reasons.get(decision.snapshot().time());
              return reason != null && reason.kind().keeps() == decision.keep();
            });
  }
}
