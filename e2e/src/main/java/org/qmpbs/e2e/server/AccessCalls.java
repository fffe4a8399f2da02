package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Logins, and what somebody may do. */
final class AccessCalls {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String USER = "[^\\s:/\\p{Cntrl}]+@" + Names.SAFE_ID;
  static final Pattern AUTH_ID = Pattern.compile(USER + "(?:!" + Names.SAFE_ID + ")?");
  private static final Pattern USER_ID = Pattern.compile(USER);
  private static final Pattern ACL_PATH = Pattern.compile("/|(?:/" + Names.SAFE_ID + ")+");

  /** Listed even if nobody was given anything on them. */
  private static final List<String> DEFAULT_PATHS =
      List.of("/", "/access", "/datastore", "/remote", "/system");

  private final Passwords passwords;
  private final Tickets tickets;
  private final TicketStyle style;

  AccessCalls(ServerSettings settings) {
    this.passwords = settings.authenticator().passwords();
    this.tickets = settings.authenticator().tickets();
    this.style = settings.ticketStyle();
  }

  void addTo(Routes routes) {
    Schema.Builder login =
        Schema.builder()
            .required("username", ParameterType.text(USER_ID))
            .optional("password", ParameterType.anyText())
            .optional("path", ParameterType.anyText())
            .optional("privs", ParameterType.anyText())
            .optional("port", ParameterType.integer(0, 65_535))
            .optional("tfa-challenge", ParameterType.anyText());
    if (style != TicketStyle.BODY_ONLY) {
      login.optional("http-only", ParameterType.flag());
    }
    routes.add("POST", "access/ticket", Routes.Kind.WORLD, login, this::login);
    routes.add(
        "GET",
        "access/permissions",
        Schema.builder()
            .optional("auth-id", ParameterType.text(AUTH_ID))
            .optional("path", ParameterType.text(ACL_PATH)),
        AccessCalls::permissions);
  }

  /** Every reason is told with one text, so that nobody learns which users there are. */
  private Response login(RestRequest request) throws Refused {
    Parameters given = request.parameters();
    String user = given.text("username");
    boolean httpOnly = given.flag("http-only");
    Optional<String> password = given.optionalText("password");
    Optional<String> renewal =
        httpOnly
            ? Authenticator.cookie(request.headers(), Authenticator.HOST_COOKIE)
            : Optional.empty();
    if (password.isEmpty() && renewal.isEmpty()) {
      throw Refused.badRequest("no password provided");
    }
    // No code is ever right here: clients of this project do not answer challenges.
    if (!passwords.knows(user) || given.has("tfa-challenge")) {
      throw refusedLogin();
    }
    if (renews(user, renewal.or(() -> password).orElse(""))) {
      return ticket(user, httpOnly);
    }
    if (!passwords.matches(user, password.orElse(""))) {
      throw refusedLogin();
    }
    return passwords.needsSecondFactor(user) ? challenge(user) : ticket(user, httpOnly);
  }

  private static Refused refusedLogin() {
    return new Refused(401, "permission check failed.");
  }

  /** A valid ticket is as good as the password. */
  private boolean renews(String user, String ticket) {
    if (!ticket.startsWith(Tickets.PREFIX + ":")) {
      return false;
    }
    try {
      return tickets.userOf(ticket).equals(user);
    } catch (Refused e) {
      return false;
    }
  }

  private Response ticket(String user, boolean httpOnly) {
    ObjectNode data = JSON.objectNode();
    data.put("CSRFPreventionToken", tickets.csrfToken(user));
    String ticket = tickets.full(user);
    if (httpOnly) {
      data.put("ticket-info", tickets.info(user));
    } else {
      data.put("ticket", ticket);
    }
    data.put("username", user);
    Response response = answer(data);
    return httpOnly || style == TicketStyle.BODY_AND_COOKIE
        ? response.withHeader(
            "Set-Cookie",
            Authenticator.HOST_COOKIE + "=" + ticket + "; Secure; SameSite=Lax; HttpOnly; Path=/;")
        : response;
  }

  private Response challenge(String user) {
    ObjectNode data = JSON.objectNode();
    data.put("CSRFPreventionToken", "invalid");
    data.put("ticket", tickets.challenge(user));
    data.put("username", user);
    return answer(data);
  }

  private Response answer(ObjectNode data) {
    ObjectNode document = JSON.objectNode();
    document.set("data", data);
    if (style != TicketStyle.BODY_ONLY) {
      document.put("status", 200).put("success", true);
    }
    return Response.json(document);
  }

  /** Path to right to whether the right holds below, too. Paths without rights are left out. */
  private static Response permissions(RestRequest request) throws Refused {
    Principal principal = request.principal();
    String authId = request.parameters().optionalText("auth-id").orElse(principal.authId());
    boolean own =
        authId.equals(principal.authId()) || AccessRules.userOf(authId).equals(principal.authId());
    if (!own && !principal.has(Privilege.SYSTEM_AUDIT, "/access")) {
      throw Refused.badRequest("not allowed to list permissions of " + authId);
    }
    Set<String> paths = new TreeSet<>();
    request
        .parameters()
        .optionalText("path")
        .ifPresentOrElse(paths::add, () -> addAll(paths, principal));
    ObjectNode map = JSON.objectNode();
    for (String path : paths) {
      AccessRules.Rights rights = principal.rules().rights(authId, path);
      if (!rights.all().isEmpty()) {
        ObjectNode row = map.putObject(path);
        for (Privilege privilege : new TreeSet<>(rights.all())) {
          row.put(privilege.serverName(), rights.propagated().contains(privilege));
        }
      }
    }
    return Response.data(map);
  }

  private static void addAll(Set<String> paths, Principal principal) {
    paths.addAll(DEFAULT_PATHS);
    paths.addAll(principal.rules().paths());
  }
}
