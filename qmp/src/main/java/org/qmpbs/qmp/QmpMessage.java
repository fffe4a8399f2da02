package org.qmpbs.qmp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One line from QEMU. The parser takes whatever bytes come: anything but the four known shapes is a
 * {@link QmpProtocolException}, members that are not known are skipped as QMP demands.
 */
sealed interface QmpMessage {
  /**
   * Jackson bounds nesting (1000) and the length of numbers; the line's length is bounded before.
   */
  ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /** The first line of every connection. */
  record Greeting(QemuVersion version) implements QmpMessage {}

  /** A command's success. */
  record Success(@Nullable String id, JsonNode value) implements QmpMessage {}

  /** A command's failure; without an id QEMU could not even parse what we sent. */
  record Failure(@Nullable String id, String errorClass, String description)
      implements QmpMessage {}

  /** Carries a failure to the thread that waits, where the command is known. */
  final class FailureSignal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    FailureSignal(Failure failure) {
      super(failure.description(), null, false, false);
      this.failure = failure;
    }

    Failure failure() {
      return failure;
    }
  }

  /** Something unasked. */
  record Event(QmpEvent event) implements QmpMessage {}

  /** Parses a line without its end. */
  static QmpMessage parse(byte[] line) throws QmpProtocolException {
    JsonNode message;
    try {
      message = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new QmpProtocolException(
          "the monitor sent a line of "
              + line.length
              + " bytes that is not JSON: "
              + e.getMessage());
    } catch (IOException e) {
      throw new QmpProtocolException("the monitor sent an unreadable line: " + e.getMessage());
    }
    if (message.has("return")) {
      return new Success(id(message), message.get("return"));
    }
    JsonNode error = message.path("error");
    if (error.isObject()) {
      return new Failure(
          id(message), error.path("class").asText("GenericError"), error.path("desc").asText(""));
    }
    if (message.path("event").isTextual()) {
      JsonNode data = message.path("data");
      return new Event(
          new QmpEvent(
              message.path("event").asText(), data.isObject() ? data : MAPPER.createObjectNode()));
    }
    JsonNode version = message.path("QMP").path("version");
    if (version.path("qemu").isObject()) {
      JsonNode numbers = version.path("qemu");
      return new Greeting(
          new QemuVersion(
              numbers.path("major").asInt(),
              numbers.path("minor").asInt(),
              numbers.path("micro").asInt(),
              version.path("package").asText("")));
    }
    throw new QmpProtocolException(
        "the monitor sent JSON that is neither greeting, reply nor event ("
            + line.length
            + " bytes)");
  }

  private static @Nullable String id(JsonNode message) {
    return message.path("id").isTextual() ? message.path("id").asText() : null;
  }
}
