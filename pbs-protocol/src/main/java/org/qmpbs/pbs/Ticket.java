package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the server gives for a password: a cookie that says who we are, and a token against forged
 * requests that writes have to carry besides (docs/protocol.md, "Login").
 *
 * <p>Both go into header fields, so whatever could end one is refused here. Refusals name the place
 * and never the content, which may be good after all, and a secret.
 */
final class Ticket {
  private static final String WHAT = "the login";

  /** A challenge for several factors is some KiB, a ticket less than one. */
  static final int MAX_LENGTH = 32 << 10;

  /** A time and a checksum: some 60 characters. */
  private static final int MAX_CSRF_LENGTH = 1 << 10;

  private static final String PLAIN_COOKIE = "PBSAuthCookie";
  private static final String CHALLENGE = "PBS:!tfa!";

  /** RFC 6265: the name, then octets that need no quotes, up to the attributes. */
  private static final Pattern SET_COOKIE =
      Pattern.compile("\\s*((?:__Host-|__Secure-)?" + PLAIN_COOKIE + ")=([^;]*)(?:;.*)?");

  private final Secret text;
  private final String cookieName;
  private final Secret cookie;
  private final Secret csrf;
  private final Instant since;

  private Ticket(Secret text, String cookieName, Secret cookie, Secret csrf, Instant since) {
    this.text = text;
    this.cookieName = cookieName;
    this.cookie = cookie;
    this.csrf = csrf;
    this.since = since;
  }

  /**
   * Reads the server's answer. A cookie is sent back with the name and value it came with; a ticket
   * in the body is put into the cookie that every version knows.
   *
   * @param body the whole answer
   * @param setCookies values of the {@code Set-Cookie} fields
   * @param user who logs in, for messages
   * @param since when the login was sent
   * @throws BadAnswerException if there is no ticket, or one that no header can carry
   * @throws SecondFactorRequiredException if it is a challenge
   */
  static Ticket parse(byte[] body, List<String> setCookies, String user, Instant since)
      throws IOException {
    JsonNode data = data(body);
    if (data.path("ticket").asText().startsWith(CHALLENGE)) {
      throw new SecondFactorRequiredException(user);
    }
    String csrf = text(data, "CSRFPreventionToken", MAX_CSRF_LENGTH);
    for (String field : setCookies) {
      Matcher matcher = SET_COOKIE.matcher(field);
      if (matcher.matches() && !matcher.group(2).isEmpty()) {
        String value = requireSendable("the cookie", matcher.group(2), MAX_LENGTH);
        return of(value, matcher.group(1), value, csrf, since);
      }
    }
    String ticket = text(data, "ticket", MAX_LENGTH);
    return of(ticket, PLAIN_COOKIE, PercentEncoding.encode(ticket), csrf, since);
  }

  private static Ticket of(String text, String name, String cookie, String csrf, Instant since) {
    return new Ticket(new Secret(text), name, new Secret(cookie), new Secret(csrf), since);
  }

  /** Without the parser's message, which quotes what it found. */
  private static JsonNode data(byte[] body) throws BadAnswerException {
    try {
      return Answers.data(WHAT, body);
    } catch (BadAnswerException e) {
      throw new BadAnswerException(
          WHAT, "expected {\"data\": …}, found " + body.length + " bytes of something else");
    }
  }

  private static String text(JsonNode data, String field, int limit) throws BadAnswerException {
    JsonNode value = data.path(field);
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw new BadAnswerException(
          WHAT, "expected the text '" + field + "', found " + value.getNodeType());
    }
    return requireSendable("'" + field + "'", value.textValue(), limit);
  }

  private static String requireSendable(String name, String value, int limit)
      throws BadAnswerException {
    if (value.length() > limit) {
      throw new BadAnswerException(
          WHAT,
          "expected at most " + limit + " characters in " + name + ", found " + value.length());
    }
    for (int i = 0; i < value.length(); i++) {
      char found = value.charAt(i);
      if (found <= ' ' || found >= 127) {
        throw new BadAnswerException(
            WHAT,
            String.format(
                "expected printable ASCII in %s, found U+%04X at character %d",
                name, (int) found, i));
      }
    }
    return value;
  }

  /** When it was asked for. */
  Instant since() {
    return since;
  }

  /** The ticket itself, which is as good as the password while it lives. */
  Secret text() {
    return text;
  }

  /** All that must not be shown. */
  List<Secret> secrets() {
    return List.of(text, cookie, csrf);
  }

  /** The fields for a request. */
  Grant grant(boolean fresh) {
    return new Grant("Cookie", cookieName + "=" + cookie.reveal(), csrf.reveal(), this, fresh);
  }

  @Override
  public String toString() {
    return "(ticket of " + since + ")";
  }
}
