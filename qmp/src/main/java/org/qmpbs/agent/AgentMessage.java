package org.qmpbs.agent;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** One line from an agent: a reply. Whatever bytes come, it is that or a protocol error. */
sealed interface AgentMessage {
  /** Jackson bounds nesting (1000) and the length of numbers; {@link AgentWire} that of lines. */
  ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /** It was done. */
  record Success(JsonNode value) implements AgentMessage {}

  /** It was not. */
  record Failure(String errorClass, String description) implements AgentMessage {}

  /**
   * Parses a line without its end.
   *
   * @param offset of the line in the connection
   */
  static AgentMessage parse(byte[] line, long offset) throws AgentProtocolException {
    JsonNode message;
    try {
      message = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      long column = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw new AgentProtocolException(offset + column, "JSON", e.getOriginalMessage());
    } catch (IOException e) {
      throw new AgentProtocolException(offset, "JSON", String.valueOf(e.getMessage()));
    }
    if (message.has("return")) {
      return new Success(message.get("return"));
    }
    JsonNode error = message.path("error");
    if (error.isObject()) {
      return new Failure(
          error.path("class").asText("GenericError"), error.path("desc").asText("(no text)"));
    }
    throw new AgentProtocolException(
        offset, "an object with 'return' or 'error'", "neither in " + line.length + " bytes");
  }
}
