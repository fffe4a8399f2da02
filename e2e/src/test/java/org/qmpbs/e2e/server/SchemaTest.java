package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .required("count", ParameterType.integer(1, 256))
          .optional("ns", ParameterType.text(Namespace.PATTERN))
          .optional("list", ParameterType.array(ParameterType.integer(0, 9)))
          .build();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "count=0|'count': value must have a minimum value of 1 (got 0)",
        "count=257|'count': value must have a maximum value of 256 (got 257)",
        "count=x|'count': invalid digit found in string",
        "count=1&ns=a//b|'ns': value does not match the regex pattern",
        "count=1&ns=../a|'ns': value does not match the regex pattern",
        "count=1&ns=a/b/c/d/e/f/g/h/i|'ns': value does not match the regex pattern",
        "count=1&other=2|'other': schema does not allow additional properties.",
        "ns=a|'count': parameter is missing and it is not optional.",
      })
  void aBadParameterIsNamed(String query, String problem) {
    assertThatThrownBy(() -> SCHEMA.verify(RequestParameters.decode(query)))
        .isInstanceOf(Refused.class)
        .hasMessage("parameter verification failed - " + problem);
  }

  @Test
  void allProblemsAreListed() {
    assertThatThrownBy(() -> SCHEMA.verify(RequestParameters.decode("ns=.&x=1")))
        .hasMessageContaining("- 'ns': ")
        .hasMessageContaining("- 'x': ")
        .hasMessageContaining("- 'count': parameter is missing");
  }

  @Test
  void jsonHasTypes() throws Exception {
    ObjectMapper json = new ObjectMapper();
    Parameters parameters = SCHEMA.verify(json.readTree("{\"count\":2,\"list\":[1,2]}"));
    assertThat(parameters.integers("list")).containsExactly(1L, 2L);
    assertThatThrownBy(() -> SCHEMA.verify(json.readTree("{\"count\":\"2\"}")))
        .hasMessageEndingWith("Expected integer value.");
    assertThatThrownBy(() -> SCHEMA.verify(json.readTree("[]"))).isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "not json|expected ident at line 1 column 2",
        "{|expected value at line 1 column 2",
        "trye|expected ident at line 1 column 3",
      })
  void badJsonIsToldLikeTheRealParserTells(String body, String text) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    RequestParameters parameters =
        new RequestParameters("", "application/json", new Endpoint.Body(bytes, bytes.length));
    assertThatThrownBy(() -> parameters.verify(SCHEMA)).hasMessage(text);
  }
}
