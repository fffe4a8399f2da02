package org.qmpbs.pbs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code [[user@realm[!token]@]server[:port]:]datastore}, as users of {@code proxmox-backup-client}
 * know it (docs/protocol.md, "Names").
 *
 * @param authId {@code user@realm} or {@code user@realm!token}
 * @param host name or address, IPv6 without brackets
 * @param port TCP port
 * @param datastore name
 */
public record Repository(String authId, String host, int port, String datastore) {
  private static final String DEFAULT_USER = "root@pam";
  private static final String DEFAULT_HOST = "localhost";
  private static final int DEFAULT_PORT = 8007;

  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?:(?<auth>[^\\s:/@]+@[A-Za-z0-9_][A-Za-z0-9._-]*(?:![A-Za-z0-9_][A-Za-z0-9._-]*)?)@)?"
              + "(?<host>\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9_.-]+)(?::(?<port>[0-9]{1,5}))?:)?"
              + "(?<store>[A-Za-z0-9_][A-Za-z0-9._-]*)");

  private static final Pattern WITHOUT_REALM =
      Pattern.compile("(?<user>[^\\s:/@!]+)(?:![^\\s:/@]+)?(?<rest>@[^\\s@]+:[^\\s@]+)");

  /**
   * Parses the notation.
   *
   * @throws IllegalArgumentException if the text is not a repository
   */
  public static Repository parse(String text) {
    Matcher matcher = FORM.matcher(text.trim());
    if (!matcher.matches()) {
      Matcher bareUser = WITHOUT_REALM.matcher(text.trim());
      if (bareUser.matches()) {
        throw new IllegalArgumentException(
            "in '"
                + text
                + "' the user has no realm; write "
                + bareUser.group("user")
                + "@pbs, @pam or another realm of the server before "
                + bareUser.group("rest"));
      }
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a repository; expected [[user@realm[!token]@]server[:port]:]datastore,"
              + " for instance backup@pbs!qmpbs@pbs.example:store1");
    }
    String auth = matcher.group("auth");
    String host = matcher.group("host");
    String port = matcher.group("port");
    int portNumber = port == null ? DEFAULT_PORT : Integer.parseInt(port);
    if (portNumber < 1 || portNumber > 65_535) {
      throw new IllegalArgumentException("port " + portNumber + " is not between 1 and 65535");
    }
    return new Repository(
        auth == null ? DEFAULT_USER : auth,
        host == null ? DEFAULT_HOST : host.replace("[", "").replace("]", ""),
        portNumber,
        matcher.group("store"));
  }

  /** Whether the user part names an API token. */
  public boolean isToken() {
    return authId.indexOf('!') >= 0;
  }

  /** {@code host:port}, an IPv6 address in brackets. */
  String endpoint() {
    return urlHost() + ":" + port;
  }

  private String urlHost() {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }

  /** The notation that {@link #parse} reads. */
  @Override
  public String toString() {
    return authId + "@" + urlHost() + (port == DEFAULT_PORT ? "" : ":" + port) + ":" + datastore;
  }
}
