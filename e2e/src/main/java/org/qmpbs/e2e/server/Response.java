package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a call answers: one whole body; nothing that is served is larger than an index file.
 *
 * @param headers besides those of the body
 */
// Nobody compares answers.
@SuppressWarnings("ArrayRecordComponent")
record Response(int status, String contentType, byte[] body, Map<String, String> headers) {
  private static final String JSON = "application/json";

  /** {@code {"data": …}}. */
  static Response data(JsonNode data) {
    return json(JsonNodeFactory.instance.objectNode().set("data", data));
  }

  /** A document that is not just data. */
  static Response json(JsonNode document) {
    return new Response(200, JSON, document.toString().getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /** {@code {"data": null}}, the answer of every call that only does something. */
  static Response done() {
    return data(NullNode.getInstance());
  }

  static Response octets(byte[] body) {
    return new Response(200, "application/octet-stream", body, Map.of());
  }

  static Response text(byte[] body) {
    return new Response(200, "text/plain", body, Map.of());
  }

  /** Errors are plain text under the JSON content type, as the real server sends them. */
  static Response error(int status, String text) {
    return new Response(status, JSON, text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  Response withHeader(String name, String value) {
    return new Response(status, contentType, body, Map.of(name, value));
  }
}
