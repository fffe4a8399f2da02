package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketTest {
  /** As recorded, but for the signature. */
  private static final String GOLDEN =
      "{\"data\":{\"CSRFPreventionToken\":\"6B015B76:TOKEN\",\"ticket\":"
          + "\"PBS:test@pbs:6B015B76::SIGNATURE\",\"username\":\"test@pbs\"},"
          + "\"status\":200,\"success\":true}";

  private static Grant grant(String body, String... cookies) throws IOException {
    return Ticket.parse(
            body.getBytes(StandardCharsets.UTF_8), List.of(cookies), "test@pbs", Instant.EPOCH)
        .grant(true);
  }

  private static String with(String field, String jsonValue) {
    return GOLDEN.replaceFirst(
        "\"" + field + "\":\"[^\"]*\"", Matcher.quoteReplacement("\"" + field + "\":" + jsonValue));
  }

  @Test
  void theRecordedAnswerBecomesTheCookieThatEveryVersionKnows() throws IOException {
    Grant grant = grant(GOLDEN);
    assertThat(grant.fields(false))
        .containsExactly(
            Map.entry("Cookie", "PBSAuthCookie=PBS%3Atest%40pbs%3A6B015B76%3A%3ASIGNATURE"));
    assertThat(grant.fields(true)).containsEntry("CSRFPreventionToken", "6B015B76:TOKEN");
    assertThat(grant.toString() + grant.ticket()).doesNotContain("SIGNATURE", "TOKEN");
  }

  @Test
  void aCookieWinsOverTheBodyAndForeignOnesAreLeftAlone() throws IOException {
    assertThat(
            grant(
                    GOLDEN,
                    "lang=de; Path=/",
                    "__Host-PBSAuthCookie=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                    "__Host-PBSAuthCookie=PBS:a+/=; Secure; HttpOnly; Path=/;")
                .value())
        .isEqualTo("__Host-PBSAuthCookie=PBS:a+/=");
  }

  @Test
  void aChallengeSaysWhatProgramsDoInstead() {
    assertThatThrownBy(
            () -> grant(with("ticket", "\"PBS:!tfa!%7B%22totp%22%3Atrue%7D:6B015B76::SIGNATURE\"")))
        .isInstanceOfSatisfying(
            SecondFactorRequiredException.class,
            e -> {
              assertThat(e).hasMessageContaining("test@pbs");
              assertThat(e.remedy())
                  .contains(
                      "generate-token test@pbs qmpbs", "DatastoreBackup", "PBS_PASSWORD_FILE");
              assertThat(e.toString() + e.remedy()).doesNotContain("SIGNATURE");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "\"\"",
        "17",
        "[\"CANARY\"]",
        "\"CANARY\\r\\nX: y\"",
        "\"CANARY CANARY\"",
        "\"CANARYü\"",
        "\"CANARY\\u0000\"",
      })
  void whatNoHeaderCanCarryIsRefusedAndNotShown(String value) {
    for (String field : List.of("ticket", "CSRFPreventionToken")) {
      assertThatThrownBy(() -> grant(with(field, value)))
          .isInstanceOf(BadAnswerException.class)
          .hasMessageContaining(field)
          .hasMessageNotContaining("CANARY");
    }
  }

  @Test
  void whatIsTooLongIsRefused() {
    assertThatThrownBy(() -> grant(with("CSRFPreventionToken", "\"" + "x".repeat(1025) + "\"")))
        .isInstanceOf(BadAnswerException.class)
        .hasMessageContaining("at most 1024 characters in 'CSRFPreventionToken', found 1025");
    assertThatThrownBy(() -> grant(GOLDEN, "PBSAuthCookie=" + "x".repeat(Ticket.MAX_LENGTH + 1)))
        .isInstanceOf(BadAnswerException.class)
        .hasMessageContaining("the cookie");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CANARY", "\"CANARY\"", "{\"CANARY\":1}", "{\"data\":null}", ""})
  void anAnswerOfAnotherShapeIsNotQuoted(String body) {
    assertThatThrownBy(() -> grant(body))
        .isInstanceOf(BadAnswerException.class)
        .hasNoCause()
        .hasMessageNotContaining("CANARY");
  }
}
