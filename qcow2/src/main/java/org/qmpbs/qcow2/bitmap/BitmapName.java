package org.qmpbs.qcow2.bitmap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.Arrays;

/**
 * The name of a bitmap: bytes, which are UTF-8 only if who wrote them meant them so. Two names are
 * equal if their bytes are.
 */
public final class BitmapName {
  private static final int SHOWN = 32;

  private final byte[] bytes;

  private BitmapName(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A name as a user types it, in UTF-8. Any length; whether it may be stored is asked later. */
  public static BitmapName of(String text) {
    return new BitmapName(text.getBytes(UTF_8));
  }

  /** A name as it stands in a directory. */
  static BitmapName ofBytes(byte[] bytes) {
    return new BitmapName(bytes.clone());
  }

  /** Bytes of the name. */
  public int length() {
    return bytes.length;
  }

  /** What QEMU takes for the name: up to the first zero byte. */
  BitmapName toZeroByte() {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return new BitmapName(Arrays.copyOf(bytes, i));
      }
    }
    return this;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** Whether it can be shown as it is: valid UTF-8 without control characters. */
  public boolean isPrintable() {
    try {
      String text =
          UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
      return text.codePoints().noneMatch(BitmapName::unprintable);
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /**
   * The name as it can stand on a terminal: what is not printable becomes {@code \xNN}. Of more
   * bytes than a name can have, which are damage, only the first are shown.
   */
  @Override
  public String toString() {
    if (bytes.length > BitmapFormat.MAX_NAME_BYTES) {
      return new BitmapName(Arrays.copyOf(bytes, SHOWN)) + "... (" + bytes.length + " bytes)";
    }
    if (isPrintable()) {
      return new String(bytes, UTF_8);
    }
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) {
      if (each >= ' ' && each < 0x7f && each != '\\') {
        text.append((char) each);
      } else {
        text.append(String.format("\\x%02x", each));
      }
    }
    return text.toString();
  }

  private static boolean unprintable(int codePoint) {
    int type = Character.getType(codePoint);
    return Character.isISOControl(codePoint)
        || type == Character.FORMAT
        || type == Character.SURROGATE
        || type == Character.UNASSIGNED
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BitmapName that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
