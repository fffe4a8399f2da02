package org.qmpbs.client.config;

import java.util.List;
import java.util.function.Consumer;
import org.qmpbs.client.output.Durations;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.client.schedule.CalendarExpression;

/** The keys of a machine that a single command does not have. */
final class UnattendedKeys {
  private static final String CLOCK = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]";
  private static final String SHARE = "a share or an amount, as in 5%, 1/7 or 10G";
  private static final ValueForm DURATION =
      ValueForm.text("a time, as in 4h or 7d", Durations::parse);
  private static final ValueForm COUNT = ValueForm.integer(1);

  private UnattendedKeys() {}

  static List<Key> all() {
    return List.of(
        Key.of(
                "repository",
                ValueForm.text("the name of a repository", text -> {}),
                "Name under 'repositories'.")
            .otherwise("the only one, else PBS_REPOSITORY"),
        Key.of(
            "key",
            ValueForm.text("the name of a key", text -> {}),
            "Name under 'keys', or none: not even a default key."),
        Key.of(
                "schedule",
                ValueForm.text(
                    "a calendar event, as in daily or mon..fri 02:00", CalendarExpression::parse),
                "When to back up, as a calendar event of systemd.")
            .otherwise("when it is run"),
        Key.of(
                "jitter",
                DURATION,
                "Start up to so much later, at random, so that not all machines begin at once.")
            .otherwise("0s"),
        Key.of(
                "window",
                ValueForm.text(
                    "a time of day, as in 22:00-06:00",
                    matching(CLOCK + "-" + CLOCK, "a time of day, as in 22:00-06:00")),
                "Start backups only then.")
            .otherwise("always"),
        Key.of(
                "when-off",
                ValueForm.choice(List.of("fail", "skip")),
                "A machine whose monitor socket is not there is a failure, or left out.")
            .otherwise("fail"),
        keep("last", "so many of the newest snapshots"),
        keep("hourly", "the newest snapshot of each hour, for so many hours"),
        keep("daily", "the newest snapshot of each day, for so many days"),
        keep("weekly", "the newest snapshot of each week, for so many weeks"),
        keep("monthly", "the newest snapshot of each month, for so many months"),
        keep("yearly", "the newest snapshot of each year, for so many years"),
        Key.of(
                "verify.every",
                DURATION,
                "Verify the newest snapshot when the last time is so long ago.")
            .otherwise("never"),
        Key.of(
                "verify.subset",
                ValueForm.text(SHARE, UnattendedKeys::subset),
                "How much of it to fetch and compare: 5%, 1/7 or 10G.")
            .otherwise("100%"),
        hook("before", "before the backup; if it fails, there is none"),
        hook("after", "after a backup that was made"),
        hook("failed", "after a backup that failed"),
        hook("finally", "at the end, whatever happened"),
        Key.of("hooks.timeout", DURATION, "Longest time that a hook may take.").otherwise("5m"));
  }

  private static Key keep(String which, String what) {
    return Key.of("retention.keep-" + which, COUNT, "Keep " + what + ".");
  }

  private static Key hook(String name, String when) {
    return Key.of("hooks." + name, ValueForm.COMMAND, "Run " + when + ". No shell is started.");
  }

  private static Consumer<String> matching(String form, String expected) {
    return text -> {
      if (!text.matches(form)) {
        throw new IllegalArgumentException("'" + text + "' is not " + expected);
      }
    };
  }

  private static void subset(String text) {
    if (text.matches("(?:100|[0-9]{1,2})(?:\\.[0-9]+)?%|[1-9][0-9]{0,3}/[1-9][0-9]{0,3}")) {
      return;
    }
    try {
      Sizes.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is not " + SHARE, e);
    }
  }
}
