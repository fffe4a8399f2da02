package org.qmpbs.e2e.server;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Clock;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tickets, {@code PBS:<what>:<time>::<signature>}, and the tokens that come with them against
 * forged writes. The server signs with the key of its certificate, so a ticket outlives a restart;
 * nothing about tickets is stored.
 */
final class Tickets {
  /** Seconds; of tickets and their tokens. */
  static final long LIFE = 2 * 3600L;

  static final String PREFIX = "PBS";

  /** How far in the future a ticket may lie, for clocks that are set back. */
  private static final long FUTURE = 300;

  private static final String CHALLENGE = "!tfa!";
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final String MAC = "HmacSHA256";

  private final PrivateKey key;
  private final PublicKey verifying;
  private final Clock clock;

  Tickets(Certificate certificate, Clock clock) {
    this.key = certificate.key();
    this.verifying = certificate.certificate().getPublicKey();
    this.clock = clock;
  }

  String full(String user) {
    return sign(ticketData(user), null);
  }

  /** What a browser may know of a ticket. */
  String info(String user) {
    return ticketData(user) + "::ticketinfo";
  }

  /** Says that the password was right and that a code is wanted; good for nothing else. */
  String challenge(String user) {
    return sign(ticketData(CHALLENGE + "{\"totp\":true,\"recovery\":\"unavailable\"}"), user);
  }

  private String ticketData(String data) {
    return PREFIX + ":" + data.replace(":", "%3A") + ":" + String.format("%08X", now());
  }

  private String sign(String data, @Nullable String user) {
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initSign(key);
      signature.update(signed(data, user));
      return data + "::" + Base64.getEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign with the certificate's key", e);
    }
  }

  private static byte[] signed(String data, @Nullable String user) {
    return (user == null ? data : data + ":" + user).getBytes(StandardCharsets.UTF_8);
  }

  /** The user of a ticket that is signed by this server, valid now, and no challenge. */
  String userOf(String ticket) throws Refused {
    String data = verified(ticket);
    if (data.startsWith(CHALLENGE)) {
      throw Refused.unauthenticated("access denied - second login factor required");
    }
    return data;
  }

  private String verified(String ticket) throws Refused {
    String[] parts = ticket.split(":", 5);
    if (parts.length != 5 || !parts[3].isEmpty()) {
      throw Refused.unauthenticated("ticket without signature");
    }
    if (!parts[0].equals(PREFIX)) {
      throw Refused.unauthenticated("ticket with invalid prefix");
    }
    long age =
        now()
            - time(parts[2])
                .orElseThrow(() -> Refused.unauthenticated("ticket with bad timestamp"));
    if (age < -FUTURE) {
      throw Refused.unauthenticated("invalid ticket - timestamp newer than expected");
    }
    if (age > LIFE) {
      throw Refused.unauthenticated("invalid ticket - expired");
    }
    String data = parts[0] + ":" + parts[1] + ":" + parts[2];
    if (!isSigned(signed(data, null), parts[4])) {
      throw Refused.unauthenticated("ticket with invalid signature");
    }
    return parts[1].replace("%3A", ":");
  }

  private boolean isSigned(byte[] data, String base64) {
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initVerify(verifying);
      signature.update(data);
      return signature.verify(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      // Not base64, or no signature at all.
      return false;
    }
  }

  private static Optional<Long> time(String hex) {
    try {
      return Optional.of(Long.parseLong(hex, 16));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** {@code <time>:<digest>}; a write has to show it besides its ticket. */
  String csrfToken(String user) {
    String time = String.format("%08X", now());
    return time + ":" + Base64.getEncoder().withoutPadding().encodeToString(mac(time, user));
  }

  void verifyCsrf(String user, @Nullable String token) throws Refused {
    if (token == null) {
      throw Refused.unauthenticated("missing CSRF prevention token");
    }
    String[] parts = token.split(":", -1);
    if (parts.length != 2) {
      throw badCsrf("format error - wrong number of parts.");
    }
    long age = now() - time(parts[0]).orElseThrow(() -> badCsrf("timestamp format error"));
    String wanted = Base64.getEncoder().withoutPadding().encodeToString(mac(parts[0], user));
    if (!MessageDigest.isEqual(
        wanted.getBytes(StandardCharsets.UTF_8), parts[1].getBytes(StandardCharsets.UTF_8))) {
      throw badCsrf("invalid signature.");
    }
    if (age < -FUTURE) {
      throw badCsrf("timestamp newer than expected.");
    }
    if (age > LIFE) {
      throw badCsrf("timestamp too old.");
    }
  }

  private static Refused badCsrf(String reason) {
    return Refused.unauthenticated("invalid csrf token - " + reason);
  }

  private byte[] mac(String time, String user) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key.getEncoded(), MAC));
      return mac.doFinal((time + ":" + user + ":").getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + MAC, e);
    }
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }
}
