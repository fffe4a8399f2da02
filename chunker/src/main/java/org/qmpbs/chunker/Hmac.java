package org.qmpbs.chunker;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;

/** HMAC-SHA256 of the platform. */
final class Hmac {
  private static final String ALGORITHM = "HmacSHA256";

  private Hmac() {}

  static byte[] sha256(byte[] key, byte[] data) {
    try (RawKey raw = new RawKey(ALGORITHM, key.clone())) {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(raw);
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
