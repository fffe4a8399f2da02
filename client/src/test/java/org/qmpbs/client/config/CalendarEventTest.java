package org.qmpbs.client.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalendarEventTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "daily",
        "hourly",
        "21:30",
        "2:00",
        "mon..fri 02:00",
        "Sat,Sun 08:00:30",
        "*:0/15",
        "8..17:00",
        "sat *-*-1..7 03:15",
        "2026-12-24 18:00 UTC",
        "monday"
      })
  void whatSystemdAndTheServerTakeIsTaken(String text) {
    assertThatCode(() -> CalendarEvent.check(text)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "UTC",
        "every day",
        "24:00",
        "12:60",
        "mo 12:00",
        "0 2 * * *",
        "4h",
        "12",
        "12:00 mon"
      })
  void whatIsNoScheduleIsRefused(String text) {
    assertThatThrownBy(() -> CalendarEvent.check(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }
}
