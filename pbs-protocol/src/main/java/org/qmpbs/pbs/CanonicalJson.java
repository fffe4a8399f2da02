package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.qmpbs.chunker.CorruptDataException;

/**
 * The one form of a JSON document that is signed: no white space, the keys of each object in the
 * order of their UTF-8 bytes, texts and numbers as serde_json writes them, since the official
 * client signs with that.
 *
 * <p>Where serde_json differs from Jackson: it escapes nothing but quotes, backslashes and control
 * characters, those in lower case; integers beyond 64 bits are floating point to it; and floating
 * point is written with the fewest digits that read back. A negative zero without a point, which
 * nobody writes, is not told from zero here and fails the signature.
 */
final class CanonicalJson {
  private static final BigInteger MIN = BigInteger.ONE.shiftLeft(63).negate();
  private static final BigInteger MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  /** Digits that suffice for any double. */
  private static final int MAX_DIGITS = 17;

  /** From here on serde_json writes an exponent. */
  private static final int MAX_PLAIN_EXPONENT = 16;

  private static final int MIN_PLAIN_EXPONENT = -5;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private CanonicalJson() {}

  /**
   * The canonical form of {@code document}.
   *
   * @throws CorruptDataException if it has text that is not Unicode or a number that is no double
   */
  static byte[] write(JsonNode document) throws CorruptDataException {
    CanonicalJson json = new CanonicalJson();
    json.value(document);
    return json.out.toByteArray();
  }

  private void value(JsonNode node) throws CorruptDataException {
    if (node.isObject()) {
      object(node);
    } else if (node.isArray()) {
      char separator = '[';
      for (JsonNode element : node) {
        out.write(separator);
        value(element);
        separator = ',';
      }
      ascii(separator == '[' ? "[]" : "]");
    } else if (node.isTextual()) {
      text(utf8(node.textValue()));
    } else if (node.isIntegralNumber()) {
      BigInteger integer = node.bigIntegerValue();
      boolean fits = integer.compareTo(MIN) >= 0 && integer.compareTo(MAX) <= 0;
      ascii(fits ? integer.toString() : floating(integer.doubleValue()));
    } else if (node.isNumber()) {
      ascii(floating(node.doubleValue()));
    } else {
      // true, false, null
      ascii(node.asText());
    }
  }

  private void object(JsonNode node) throws CorruptDataException {
    SortedMap<byte[], JsonNode> fields = new TreeMap<>(Arrays::compareUnsigned);
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      fields.put(utf8(entry.getKey()), entry.getValue());
    }
    char separator = '{';
    for (Map.Entry<byte[], JsonNode> field : fields.entrySet()) {
      out.write(separator);
      text(field.getKey());
      out.write(':');
      value(field.getValue());
      separator = ',';
    }
    ascii(separator == '{' ? "{}" : "}");
  }

  /** Half a surrogate pair would become a question mark, and two texts one. */
  private static byte[] utf8(String text) throws CorruptDataException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new CorruptDataException("manifest", 0, "expected Unicode, found half a character");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void text(byte[] utf8) {
    out.write('"');
    for (byte octet : utf8) {
      switch (octet) {
        case '"' -> ascii("\\\"");
        case '\\' -> ascii("\\\\");
        case '\b' -> ascii("\\b");
        case '\f' -> ascii("\\f");
        case '\n' -> ascii("\\n");
        case '\r' -> ascii("\\r");
        case '\t' -> ascii("\\t");
        default -> {
          if (octet >= 0 && octet < ' ') {
            ascii(String.format("\\u%04x", octet));
          } else {
            out.write(octet);
          }
        }
      }
    }
    out.write('"');
  }

  private void ascii(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String floating(double value) throws CorruptDataException {
    if (!Double.isFinite(value)) {
      throw new CorruptDataException("manifest", 0, "expected a number, found one without bounds");
    }
    String sign = Double.compare(value, 0) < 0 ? "-" : "";
    if (value == 0) {
      return sign + "0.0";
    }
    BigDecimal shortest = shortest(Math.abs(value)).stripTrailingZeros();
    String digits = shortest.unscaledValue().toString();
    // Where the point is, counted from the first digit.
    int point = digits.length() - shortest.scale();
    return sign + placePoint(digits, point);
  }

  private static String placePoint(String digits, int point) {
    if (point > 0 && point <= MAX_PLAIN_EXPONENT) {
      return digits.length() <= point
          ? digits + "0".repeat(point - digits.length()) + ".0"
          : digits.substring(0, point) + "." + digits.substring(point);
    }
    if (point > MIN_PLAIN_EXPONENT && point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return digits.charAt(0) + fraction + "e" + (point - 1);
  }

  /** The decimal of fewest digits that reads back as {@code value}, and of those the closest. */
  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < MAX_DIGITS; digits++) {
      for (RoundingMode mode :
          List.of(RoundingMode.HALF_EVEN, RoundingMode.DOWN, RoundingMode.UP)) {
        BigDecimal rounded = exact.round(new MathContext(digits, mode));
        if (rounded.doubleValue() == value) {
          return rounded;
        }
      }
    }
    return exact.round(new MathContext(MAX_DIGITS, RoundingMode.HALF_EVEN));
  }
}
