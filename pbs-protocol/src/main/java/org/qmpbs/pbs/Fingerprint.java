package org.qmpbs.pbs;

import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.qmpbs.chunker.Digest;

/** SHA-256 of a DER certificate, written {@code aa:bb:…} (32 bytes). */
public final class Fingerprint {
  private static final Pattern COLON_HEX =
      Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){31}|[0-9a-fA-F]{64}");
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

  private final byte[] sha256;

  Fingerprint(byte[] sha256) {
    this.sha256 = sha256.clone();
  }

  /** The fingerprint of {@code certificate}. */
  public static Fingerprint of(X509Certificate certificate) throws CertificateEncodingException {
    return new Fingerprint(Digest.sha256(certificate.getEncoded()).toBytes());
  }

  /**
   * Parses 32 bytes of hexadecimal, with or without colons.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static Fingerprint parse(String text) {
    String trimmed = text.trim();
    if (!COLON_HEX.matcher(trimmed).matches()) {
      throw new IllegalArgumentException(
          "'" + trimmed + "' is not a fingerprint; expected 32 hexadecimal bytes, aa:bb:…");
    }
    return new Fingerprint(HexFormat.of().parseHex(trimmed.replace(":", "")));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint that && MessageDigest.isEqual(sha256, that.sha256);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sha256);
  }

  @Override
  public String toString() {
    return COLONS.formatHex(sha256);
  }
}
