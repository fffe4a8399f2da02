package org.qmpbs.pbs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qmpbs.chunker.CorruptDataException;

class CanonicalJsonTest {
  private static String canonical(String json) throws Exception {
    return new String(CanonicalJson.write(Answers.MAPPER.readTree(json)), UTF_8);
  }

  @Test
  void keysAreSortedAtEveryLevelAndListsKeepTheirOrder() throws Exception {
    assertThat(canonical("{ \"b\": [ {\"d\":1, \"c\":2}, 3, [] ], \"a\": {}, \"\": null }"))
        .isEqualTo("{\"\":null,\"a\":{},\"b\":[{\"c\":2,\"d\":1},3,[]]}");
  }

  /** In UTF-16 the last two would be the other way round. */
  @Test
  void keysAreInTheOrderOfTheirUtf8Bytes() throws Exception {
    assertThat(canonical("{\"\uD83D\uDE00\":1,\"\uFB01\":2,\"\u00e9\":3,\"z\":4,\"Z\":5}"))
        .isEqualTo("{\"Z\":5,\"z\":4,\"\u00e9\":3,\"\uFB01\":2,\"\uD83D\uDE00\":1}");
  }

  @Test
  void textIsEscapedAsSerdeJsonDoesAndNoMore() throws Exception {
    assertThat(canonical("\"\\u00e9\\/<\\u007f\\u2028\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001F\""))
        .isEqualTo("\"\u00e9/<\u007f\u2028\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\"");
  }

  @Test
  void halfACharacterIsRefused() {
    ObjectNode name = JsonNodeFactory.instance.objectNode().put("\udc00x", 1);
    for (JsonNode node : List.of(JsonNodeFactory.instance.textNode("\ud800"), name)) {
      assertThatThrownBy(() -> CanonicalJson.write(node)).isInstanceOf(CorruptDataException.class);
    }
  }

  /** Left: as anybody may write it. Right: as serde_json writes what it read. */
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-1, -1",
    "9223372036854775807, 9223372036854775807",
    "18446744073709551615, 18446744073709551615",
    "-9223372036854775808, -9223372036854775808",
    "18446744073709551616, 1.8446744073709552e19",
    "-9223372036854775809, -9.223372036854776e18",
    "1.0, 1.0",
    "1.50, 1.5",
    "1e3, 1000.0",
    "-0.0, -0.0",
    "0.1, 0.1",
    "1e15, 1000000000000000.0",
    "123456789012345680, 123456789012345680",
    "1.2345678901234567e15, 1234567890123456.8",
    "1e16, 1e16",
    "1.5e16, 1.5e16",
    "0.0001, 0.0001",
    "0.00001, 0.00001",
    "0.000001, 1e-6",
    "0.0000123, 0.0000123",
    "2e-3, 0.002",
    "2.0e23, 2e23",
    "9007199254740993.0, 9007199254740992.0",
    "4.9e-324, 5e-324",
    "1.7976931348623157e308, 1.7976931348623157e308",
  })
  void numbersAreWrittenAsSerdeJsonWritesThem(String from, String to) throws Exception {
    assertThat(canonical("[" + from + "]")).isEqualTo("[" + to + "]");
  }

  @Test
  void aNumberWithoutBoundsIsRefused() {
    assertThatThrownBy(() -> canonical("1e400")).isInstanceOf(CorruptDataException.class);
  }

  @Property(tries = 2000)
  void everyDoubleReadsBackFromNoMoreDigitsThanThePlatformNeeds(@ForAll long bits)
      throws Exception {
    double value = Double.longBitsToDouble(bits);
    if (Double.isFinite(value)) {
      String written = canonical("[" + value + "]").replaceAll("[\\[\\]]", "");
      assertThat(Double.parseDouble(written)).isEqualTo(value);
      assertThat(digits(written)).hasSizeLessThanOrEqualTo(digits(Double.toString(value)).length());
    }
  }

  private static String digits(String number) {
    String digits = number.replaceAll("[eE].*", "").replaceAll("[^0-9]", "");
    return digits.replaceAll("^0+", "").replaceAll("0+$", "");
  }

  @Property(tries = 300)
  void theOrderOfFieldsAndTheWhiteSpaceDoNotMatter(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    JsonNode document = document(random, 4);
    byte[] expected = CanonicalJson.write(document);
    JsonNode shuffled = shuffle(document, random);
    byte[] pretty = Answers.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(shuffled);

    assertThat(CanonicalJson.write(Answers.MAPPER.readTree(pretty))).isEqualTo(expected);
    assertThat(Answers.MAPPER.readTree(expected)).isEqualTo(document);
  }

  private static JsonNode shuffle(JsonNode node, Random random) {
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      node.forEach(element -> array.add(shuffle(element, random)));
      return array;
    }
    if (!node.isObject()) {
      return node;
    }
    List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(node.properties());
    Collections.shuffle(fields, random);
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    fields.forEach(field -> object.set(field.getKey(), shuffle(field.getValue(), random)));
    return object;
  }

  private static JsonNode document(Random random, int depth) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    switch (random.nextInt(depth == 0 ? 4 : 6)) {
      case 0:
        return json.textNode(text(random));
      case 1:
        return json.booleanNode(random.nextBoolean());
      case 2:
        return json.nullNode();
      case 3:
        return json.numberNode(random.nextInt());
      case 4:
        ArrayNode array = json.arrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.add(document(random, depth - 1));
        }
        return array;
      default:
        ObjectNode object = json.objectNode();
        for (int i = random.nextInt(6); i > 0; i--) {
          object.set(text(random), document(random, depth - 1));
        }
        return object;
    }
  }

  private static String text(Random random) {
    String alphabet = "aZ\u00e9\u0001\"\\/\uE000\uFFFD";
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(alphabet.length() + 1);
      text.append(at == alphabet.length() ? "\uD83D\uDE00" : alphabet.substring(at, at + 1));
    }
    return text.toString();
  }
}
