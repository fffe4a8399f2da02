package org.qmpbs.e2e.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The API tokens that the server knows. Secrets stay in here. Thread-safe. */
final class Tokens {
  private static final String SCHEME = "PBSAPIToken";

  private final Map<String, byte[]> secrets = new ConcurrentHashMap<>();

  void add(String authId, String secret) {
    secrets.put(authId, secret.getBytes(StandardCharsets.UTF_8));
  }

  boolean knows(String authId) {
    return secrets.containsKey(authId);
  }

  boolean knowsUser(String user) {
    return secrets.keySet().stream().anyMatch(id -> AccessRules.userOf(id).equals(user));
  }

  /**
   * Reads {@code PBSAPIToken user@realm!name:SECRET}; a {@code =} instead of the blank is as good,
   * and the secret may be percent-encoded.
   *
   * @param authorization the header's value, or null
   * @return {@code user@realm!name}
   */
  String authenticate(@Nullable String authorization) throws Refused {
    if (authorization != null
        && authorization.length() > SCHEME.length()
        && authorization.startsWith(SCHEME)
        && " =".indexOf(authorization.charAt(SCHEME.length())) >= 0) {
      String credentials = authorization.substring(SCHEME.length() + 1);
      int colon = credentials.indexOf(':');
      String authId = colon < 0 ? "" : credentials.substring(0, colon);
      byte[] secret = secrets.get(authId);
      if (secret != null
          && MessageDigest.isEqual(secret, percentDecode(credentials.substring(colon + 1)))) {
        return authId;
      }
    }
    throw Refused.unauthenticated("invalid credentials");
  }

  /** Unlike a form decoder it leaves a plus alone, and takes a stray percent sign literally. */
  static byte[] percentDecode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (bytes[i] == '%' && high >= 0 && low >= 0) {
        decoded.write(high << 4 | low);
        i += 2;
      } else {
        decoded.write(bytes[i]);
      }
    }
    return decoded.toByteArray();
  }
}
