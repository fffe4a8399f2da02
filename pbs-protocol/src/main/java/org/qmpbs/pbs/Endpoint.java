package org.qmpbs.pbs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import okhttp3.HttpUrl;

/** Where the server's interface is, and the header that says who asks. */
final class Endpoint {
  private static final String HEX = "0123456789ABCDEF";
  private static final String UNRESERVED = "-._~";

  private final Login login;
  private final HttpUrl base;

  /**
   * Checks that the login can be used at all.
   *
   * @throws UnsupportedLoginException if it is not an API token's
   * @throws IllegalArgumentException if host or user cannot stand in a request
   */
  Endpoint(Login login) throws IOException {
    Repository repository = login.repository();
    if (!repository.isToken()) {
      throw new UnsupportedLoginException(repository.authId());
    }
    if (!isPrintableAscii(repository.authId())) {
      throw new IllegalArgumentException(
          "the user '" + repository.authId() + "' has characters that no HTTP header can carry");
    }
    this.login = login;
    this.base =
        new HttpUrl.Builder()
            .scheme("https")
            .host(repository.host())
            .port(repository.port())
            .addPathSegments("api2/json")
            .build();
  }

  Repository repository() {
    return login.repository();
  }

  /** A builder at {@code path} below {@code /api2/json}. */
  HttpUrl.Builder url(String path) {
    return base.newBuilder().addPathSegments(path);
  }

  /** Value of the {@code Authorization} header; made anew each time, so that nobody keeps it. */
  String authorization() {
    return "PBSAPIToken "
        + login.repository().authId()
        + ":"
        + percentEncode(login.secret().reveal());
  }

  private static String percentEncode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (octet >= 'a' && octet <= 'z')
              || (octet >= 'A' && octet <= 'Z')
              || (octet >= '0' && octet <= '9')
              || UNRESERVED.indexOf(octet) >= 0;
      if (plain) {
        encoded.append((char) octet);
      } else {
        encoded.append('%').append(HEX.charAt((octet >> 4) & 15)).append(HEX.charAt(octet & 15));
      }
    }
    return encoded.toString();
  }

  private static boolean isPrintableAscii(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 127);
  }
}
