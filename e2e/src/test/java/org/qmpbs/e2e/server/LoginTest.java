package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logins with a password, and what a ticket is good for. */
class LoginTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LOGIN = "username=a@pbs&password=pass+word";
  private static final String NAMESPACES = "/admin/datastore/store1/namespace";

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock(1_763_716_000);
  private EmbeddedServer server;

  private void start(TicketStyle style) throws IOException {
    server =
        EmbeddedServer.builder(folder)
            .datastore("store1", folder.resolve("store1"))
            .user("a@pbs", "pass word")
            .user("b@pbs", "other", Privilege.AUDIT)
            .user("c@pbs", "third")
            .secondFactor("c@pbs")
            .token("b@pbs!t", "secret")
            .rights("a@pbs", "/datastore/store1/closed")
            .tickets(style)
            .clock(clock)
            .start();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private RawConnection.Answer ask(
      String method, String path, Map<String, String> headers, String form) throws IOException {
    Map<String, String> all = new LinkedHashMap<>(headers);
    if (!form.isEmpty()) {
      all.put("Content-Type", "application/x-www-form-urlencoded");
    }
    try (RawConnection connection = new RawConnection(server.port())) {
      return connection.request(method, "/api2/json" + path, all, form);
    }
  }

  private RawConnection.Answer login(String form) throws IOException {
    return ask("POST", "/access/ticket", Map.of(), form);
  }

  private JsonNode loggedIn() throws IOException {
    return JSON.readTree(login(LOGIN).body()).path("data");
  }

  private static Map<String, String> cookie(JsonNode login) {
    return Map.of("Cookie", "x=1; PBSAuthCookie=" + encoded(login.path("ticket").asText()));
  }

  private static Map<String, String> writing(JsonNode login) {
    Map<String, String> headers = new LinkedHashMap<>(cookie(login));
    headers.put("CSRFPreventionToken", login.path("CSRFPreventionToken").asText());
    return headers;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void aTicketReadsAndWithItsTokenItWrites() throws IOException {
    start(TicketStyle.COOKIE_ON_REQUEST);
    JsonNode login = loggedIn();
    assertThat(login.path("ticket").asText()).matches("PBS:a@pbs:6920[0-9A-F]{4}::[A-Za-z0-9+/]+");
    assertThat(ask("GET", NAMESPACES, cookie(login), "").status()).isEqualTo(200);
    RawConnection.Answer refused = ask("POST", NAMESPACES, cookie(login), "name=x");
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.body()).isEqualTo("authentication failed - missing CSRF prevention token");
    assertThat(ask("POST", NAMESPACES, writing(login), "name=x").status()).isEqualTo(200);
  }

  @Test
  void aTicketLivesTwoHoursAndRenewsItself() throws IOException {
    start(TicketStyle.COOKIE_ON_REQUEST);
    JsonNode first = loggedIn();
    clock.advance(Duration.ofHours(2));
    JsonNode second =
        JSON.readTree(
                login("username=a@pbs&password=" + encoded(first.path("ticket").asText())).body())
            .path("data");
    clock.advance(Duration.ofSeconds(1));
    RawConnection.Answer expired = ask("GET", NAMESPACES, cookie(first), "");
    assertThat(expired.status()).isEqualTo(401);
    assertThat(expired.body()).isEqualTo("authentication failed - invalid ticket - expired");
    assertThat(ask("GET", NAMESPACES, cookie(second), "").status()).isEqualTo(200);
    assertThat(login("username=a@pbs&password=" + encoded(first.path("ticket").asText())).status())
        .isEqualTo(401);
    assertThat(login("username=b@pbs&password=" + encoded(second.path("ticket").asText())).status())
        .isEqualTo(401);
  }

  @Test
  void aTicketOutlivesARestart() throws IOException {
    start(TicketStyle.COOKIE_ON_REQUEST);
    JsonNode login = loggedIn();
    server.close();
    start(TicketStyle.COOKIE_ON_REQUEST);
    assertThat(ask("POST", NAMESPACES, writing(login), "name=x").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "username=a@pbs&password=wrong | 401 | permission check failed.",
        "username=nobody@pbs&password=pass+word | 401 | permission check failed.",
        "username=a@pbs&password=PBS:a@pbs:69200000::AAAA | 401 | permission check failed.",
        "username=a@pbs | 400 | no password provided",
        "username=a@pbs!t&password=x | 400 | parameter verification failed - 'username': value does"
            + " not match the regex pattern",
        "username=a@pbs&password=pass+word&x=1 | 400 | parameter verification failed - 'x': schema"
            + " does not allow additional properties.",
      })
  void aBadLoginIsRefusedWithoutSayingWhy(String form, int status, String text) throws IOException {
    start(TicketStyle.COOKIE_ON_REQUEST);
    RawConnection.Answer answer = login(form);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(text);
  }

  @Test
  void aForgedTicketIsRefused() throws IOException {
    start(TicketStyle.COOKIE_ON_REQUEST);
    String ticket = loggedIn().path("ticket").asText().replace("a@pbs", "b@pbs");
    RawConnection.Answer answer =
        ask("GET", NAMESPACES, Map.of("Cookie", "PBSAuthCookie=" + encoded(ticket)), "");
    assertThat(answer.body()).isEqualTo("authentication failed - ticket with invalid signature");
    assertThat(ask("GET", NAMESPACES, Map.of(), "").body())
        .isEqualTo("authentication failed - no authentication credentials provided.");
  }

  @Test
  void anOldServerKnowsNoCookieOfItsOwn() throws IOException {
    start(TicketStyle.BODY_ONLY);
    RawConnection.Answer answer = login(LOGIN);
    assertThat(answer.headers()).doesNotContainKey("set-cookie");
    assertThat(JSON.readTree(answer.body()).size()).isEqualTo(1);
    assertThat(login(LOGIN + "&http-only=1").body()).contains("'http-only': schema does not allow");
  }

  @Test
  void theTicketComesInACookieIfThatIsAskedFor() throws IOException {
    start(TicketStyle.COOKIE_ON_REQUEST);
    assertThat(login(LOGIN).headers()).doesNotContainKey("set-cookie");
    RawConnection.Answer answer = login(LOGIN + "&http-only=1");
    JsonNode data = JSON.readTree(answer.body()).path("data");
    assertThat(data.has("ticket")).isFalse();
    assertThat(data.path("ticket-info").asText()).endsWith("::ticketinfo");
    String cookie = String.valueOf(answer.headers().get("set-cookie"));
    assertThat(cookie).endsWith("; Secure; SameSite=Lax; HttpOnly; Path=/;");
    String pair = cookie.substring(0, cookie.indexOf(';'));
    assertThat(ask("GET", NAMESPACES, Map.of("Cookie", pair), "").status()).isEqualTo(200);
    assertThat(
            ask("POST", "/access/ticket", Map.of("Cookie", pair), "username=a@pbs&http-only=1")
                .status())
        .isEqualTo(200);
  }

  @Test
  void theNewerCookieGoesBeforeTheOlderOne() throws IOException {
    start(TicketStyle.BODY_AND_COOKIE);
    RawConnection.Answer answer = login(LOGIN);
    JsonNode data = JSON.readTree(answer.body()).path("data");
    String cookie = String.valueOf(answer.headers().get("set-cookie"));
    assertThat(cookie).startsWith("__Host-PBSAuthCookie=" + data.path("ticket").asText() + ";");
    String both = "PBSAuthCookie=nonsense; " + cookie.substring(0, cookie.indexOf(';'));
    assertThat(ask("GET", NAMESPACES, Map.of("Cookie", both), "").status()).isEqualTo(200);
  }

  @Test
  void aSecondFactorIsAskedForAndTheChallengeIsNoTicket() throws IOException {
    start(TicketStyle.COOKIE_ON_REQUEST);
    JsonNode data = JSON.readTree(login("username=c@pbs&password=third").body()).path("data");
    assertThat(data.path("ticket").asText()).startsWith("PBS:!tfa!{\"totp\"%3Atrue");
    assertThat(data.path("CSRFPreventionToken").asText()).isEqualTo("invalid");
    assertThat(ask("GET", NAMESPACES, cookie(data), "").status()).isEqualTo(401);
  }

  @Test
  void permissionsAreListedByPath() throws IOException {
    start(TicketStyle.COOKIE_ON_REQUEST);
    JsonNode login = loggedIn();
    String path = "/access/permissions?path=/datastore/store1";
    assertThat(ask("GET", path, cookie(login), "").body())
        .isEqualTo(
            "{\"data\":{\"/datastore/store1\":{\"Datastore.Audit\":true,\"Datastore.Modify\":true,"
                + "\"Datastore.Read\":true,\"Datastore.Verify\":true,\"Datastore.Backup\":true,"
                + "\"Datastore.Prune\":true}}}");
    assertThat(ask("GET", path + "/closed", cookie(login), "").body()).isEqualTo("{\"data\":{}}");
    TestClient token = new TestClient(server.port(), "b@pbs!t", "secret");
    assertThat(token.rest("GET", "/access/permissions").body())
        .isEqualTo(
            "{\"data\":{\"/datastore\":{\"Datastore.Audit\":true},"
                + "\"/datastore/store1\":{\"Datastore.Audit\":true},"
                + "\"/datastore/store1/closed\":{\"Datastore.Audit\":true}}}");
    assertThat(token.rest("GET", "/access/permissions?auth-id=a@pbs").body())
        .isEqualTo("not allowed to list permissions of a@pbs");
  }
}
