package org.qmpbs.chunker;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What an encryption key is known by (docs/protocol.md, "Keys"). It tells keys apart and says
 * nothing of them, so it may be shown, logged and stored beside the data.
 *
 * @param digest the keyed digest of a constant
 */
public record KeyFingerprint(Digest digest) {
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

  /** Bytes in the short form. */
  private static final int SHORT = 8;

  private static final Pattern HEX =
      Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){31}|[0-9a-fA-F]{64}");

  /** What all fingerprints are digests of; a constant of the format. */
  private static final byte[] INPUT =
      Digest.sha256("Proxmox Backup Encryption Key Fingerprint".getBytes(StandardCharsets.US_ASCII))
          .toBytes();

  /** The fingerprint of the key whose chunks {@code digester} names. */
  static KeyFingerprint of(ChunkDigester digester) {
    return new KeyFingerprint(digester.digest(INPUT, 0, INPUT.length));
  }

  /**
   * Parses the full form, with or without colons.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static KeyFingerprint parse(String text) {
    if (!HEX.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "a key's fingerprint has 32 hexadecimal bytes, aa:bb:…, this has "
              + text.length()
              + " characters or others");
    }
    return new KeyFingerprint(Digest.parse(text.replace(":", "")));
  }

  /** The first 8 bytes, as the official client shows keys to people. */
  public String shortForm() {
    return COLONS.formatHex(digest.toBytes(), 0, SHORT);
  }

  /** All 32 bytes, {@code aa:bb:…}: the form in files. */
  @Override
  public String toString() {
    return COLONS.formatHex(digest.toBytes());
  }
}
