package org.qmpbs.client.retention;

import java.util.Optional;

/**
 * Why a snapshot is kept or removed.
 *
 * @param kind in one word
 * @param rule the rule that decided, if it was one
 * @param period what it is kept for, or what a newer one is kept for already
 */
public record Reason(Kind kind, Optional<KeepRule> rule, String period) {
  /** In one word. */
  public enum Kind {
    /** By a rule, for its period. */
    RULE(true),
    /** Somebody protected it. */
    PROTECTED(true),
    /** It has no manifest, and nothing finished is newer: a backup may be writing it. */
    BEING_WRITTEN(true),
    /** It has no manifest and something newer is there. */
    LEFT_UNFINISHED(false),
    /** A rule keeps a newer one for the same period. */
    NEWER_IN_PERIOD(false),
    /** No rule reaches it. */
    NO_RULE(false);

    private final boolean keeps;

    Kind(boolean keeps) {
      this.keeps = keeps;
    }

    /** Whether this is a reason to keep. */
    public boolean keeps() {
      return keeps;
    }
  }

  static Reason of(Kind kind) {
    return new Reason(kind, Optional.empty(), "");
  }

  static Reason of(Kind kind, KeepRule rule, String period) {
    return new Reason(kind, Optional.of(rule), period);
  }

  /** For people. */
  public String text() {
    String name = rule.map(KeepRule::id).orElse("");
    return switch (kind) {
      case RULE -> rule.filter(KeepRule.LAST::equals).isPresent() ? name : name + " " + period;
      case PROTECTED -> "protected";
      case BEING_WRITTEN -> "not finished, may be being written";
      case LEFT_UNFINISHED -> "not finished, and there are newer ones";
      case NEWER_IN_PERIOD -> name + " " + period + " has a newer one";
      case NO_RULE -> "no rule keeps it";
    };
  }
}
