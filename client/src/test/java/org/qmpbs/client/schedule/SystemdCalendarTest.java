package org.qmpbs.client.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Random expressions, good and bad, mean to us what they mean to {@code systemd-analyze}. */
class SystemdCalendarTest {
  private static final Path SYSTEMD = Path.of("/usr/bin/systemd-analyze");
  private static final int EXPRESSIONS = 600;
  private static final int TIMES = 6;
  private static final Pattern UTC =
      Pattern.compile("(?:in UTC\\)|Next elapse|Iter\\. #\\d+): \\w{3} ([-0-9]+ [:0-9]+) UTC");
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final String[] DAYS = {"Mon", "Tuesday", "wed", "Thu", "FRI", "Sat", "sunday"};
  private static final String[] ZONES = {"", "", "", " UTC", " Asia/Tokyo", " Nowhere/Else"};

  private final Random random = new Random(20261121);

  @Test
  void randomExpressionsMeanWhatSystemdTakesThemFor() throws Exception {
    assumeTrue(Files.isExecutable(SYSTEMD), "needs systemd-analyze of Debian's package systemd");
    compare("UTC", "2027-01-31 23:59:58", EXPRESSIONS);
  }

  @Test
  void soTheyDoWhereTheClockIsSetForward() throws Exception {
    assumeTrue(Files.isExecutable(SYSTEMD), "needs systemd-analyze of Debian's package systemd");
    compare("Europe/Berlin", "2026-03-27 17:30:00", EXPRESSIONS / 3);
  }

  private void compare(String zone, String base, int count) throws Exception {
    Instant start = LocalDateTime.parse(base, FORMAT).atZone(ZoneId.of(zone)).toInstant();
    int good = 0;
    for (int i = 0; i < count; i++) {
      String text = expression();
      Optional<List<String>> theirs = systemd(zone, base, text);
      Optional<List<String>> ours = ours(text, start, ZoneId.of(zone));
      assertThat(ours).as("expression '%s' after %s %s", text, base, zone).isEqualTo(theirs);
      good += theirs.isPresent() ? 1 : 0;
    }
    assertThat(good).as("enough of them are expressions at all").isGreaterThan(count / 2);
  }

  /** Normalized form and first times, or nothing if it is none. */
  private static Optional<List<String>> ours(String text, Instant start, ZoneId zone) {
    CalendarExpression expression;
    try {
      expression = CalendarExpression.parse(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    List<String> answer = new ArrayList<>(List.of(expression.toString()));
    Optional<Instant> next = expression.next(start, zone);
    while (next.isPresent() && answer.size() <= TIMES) {
      answer.add(FORMAT.format(next.get().atOffset(ZoneOffset.UTC)));
      next = expression.next(next.get(), zone);
    }
    return Optional.of(answer);
  }

  private static Optional<List<String>> systemd(String zone, String base, String text)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            SYSTEMD.toString(), "calendar", "--base-time=" + base, "--iterations=" + TIMES, text);
    builder.environment().put("TZ", zone);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      assertThat(output).contains("Failed to parse calendar specification");
      return Optional.empty();
    }
    List<String> answer = new ArrayList<>();
    Matcher normalized = Pattern.compile("Normalized form: (.*)").matcher(output);
    assertThat(normalized.find()).as(output).isTrue();
    answer.add(normalized.group(1));
    Matcher times = UTC.matcher(output);
    while (times.find()) {
      answer.add(times.group(1));
    }
    return Optional.of(answer);
  }

  private String expression() {
    String days = chance(3) ? days() + " " : "";
    String date = chance(2) ? date() + " " : "";
    String time = chance(4) && !(days + date).isEmpty() ? "" : time();
    return (days + date + time + ZONES[random.nextInt(ZONES.length)]).strip();
  }

  private String days() {
    StringBuilder days = new StringBuilder(DAYS[random.nextInt(7)]);
    while (chance(2)) {
      days.append(chance(2) ? "," : "..").append(DAYS[random.nextInt(7)]);
      if (days.length() > 30) {
        break;
      }
    }
    return days.toString().matches(".*\\.\\.\\w+\\.\\..*")
        ? DAYS[random.nextInt(7)]
        : days.toString();
  }

  private String date() {
    String month = component(1, 12);
    boolean fromEnd = chance(4);
    String separator = fromEnd ? "~" : "-";
    // systemd takes three from the last allowed day at each further item of a list.
    String day = fromEnd ? component(1, 19) : component(1, 32);
    return switch (random.nextInt(3)) {
      case 0 -> month + separator + day;
      case 1 -> "*-" + month + separator + day;
      default -> component(2026, 2032) + "-" + month + separator + day;
    };
  }

  private String time() {
    String time = component(0, 24) + ":" + component(0, 60);
    return chance(2) ? time : time + ":" + component(0, 59);
  }

  private String component(int first, int last) {
    if (chance(3)) {
      return "*";
    }
    StringBuilder text = new StringBuilder(part(first, last, true));
    while (chance(4) && text.indexOf("/") < 0) {
      text.append(',').append(part(first, last, false));
    }
    return text.toString();
  }

  /** In a list, systemd 252 lets an open repetition run over and misses what comes first. */
  private String part(int first, int last, boolean alone) {
    int start = first + random.nextInt(last - first + 1);
    String text = Integer.toString(start);
    // A range of one second is the one range of one that systemd does not take.
    boolean range = start < last && chance(4);
    if (range) {
      text += ".." + (start + 1 + random.nextInt(last - start));
    }
    return (alone || range) && chance(5) ? text + "/" + (1 + random.nextInt(5)) : text;
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }
}
