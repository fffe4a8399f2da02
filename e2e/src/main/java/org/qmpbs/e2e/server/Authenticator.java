package org.qmpbs.e2e.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Finds out who sends a request: a cookie with a ticket, or else the header with an API token. A
 * ticket alone does not write, as a browser sends cookies along for anybody.
 *
 * @param rules who may do what
 */
record Authenticator(Tokens tokens, Passwords passwords, Tickets tickets, AccessRules rules) {
  static final String COOKIE = "PBSAuthCookie";
  static final String HOST_COOKIE = "__Host-" + COOKIE;
  private static final String CSRF_HEADER = "CSRFPreventionToken";

  Principal authenticate(HttpHeaders headers, String method) throws Refused {
    Optional<String> ticket = ticket(headers);
    if (ticket.isPresent()) {
      return new Principal(userOf(ticket.get(), headers, method), rules);
    }
    String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
    if (authorization == null) {
      throw Refused.unauthenticated("no authentication credentials provided.");
    }
    return new Principal(tokens.authenticate(authorization), rules);
  }

  private String userOf(String ticket, HttpHeaders headers, String method) throws Refused {
    String user = tickets.userOf(ticket);
    if (!passwords.knows(user)) {
      throw Refused.unauthenticated("user account disabled or expired.");
    }
    if (!method.equals("GET")) {
      tickets.verifyCsrf(user, headers.get(CSRF_HEADER));
    }
    return user;
  }

  /** The newer cookie goes before the older one. */
  static Optional<String> ticket(HttpHeaders headers) {
    return cookie(headers, HOST_COOKIE).or(() -> cookie(headers, COOKIE));
  }

  static Optional<String> cookie(HttpHeaders headers, String name) {
    for (String header : headers.getAll(HttpHeaderNames.COOKIE)) {
      for (String pair : header.split(";", -1)) {
        String[] parts = pair.strip().split("=", 2);
        if (parts.length == 2 && parts[0].equals(name)) {
          return Optional.of(new String(Tokens.percentDecode(parts[1]), StandardCharsets.UTF_8));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether this is a token or a user of this server. */
  boolean isActive(String authId) {
    return authId.contains("!")
        ? tokens.knows(authId)
        : passwords.knows(authId) || tokens.knowsUser(authId);
  }
}
