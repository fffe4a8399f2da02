package org.qmpbs.e2e.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a call's parameters are: in a JSON body, or else in the query and a form as the body.
 *
 * @param query still encoded
 * @param contentType of the body, or null
 * @param body the whole body
 */
record RequestParameters(String query, @Nullable String contentType, Endpoint.Body body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  Parameters verify(Schema schema) throws Refused {
    return verify(schema, Map.of());
  }

  /** Parameters of an upload, whose body is none of them. */
  Parameters verifyQuery(Schema schema, Map<String, String> path) throws Refused {
    return schema.verify(with(decode(query), path));
  }

  /**
   * Checks all parameters.
   *
   * @param path those that are part of the path
   */
  Parameters verify(Schema schema, Map<String, String> path) throws Refused {
    if (body.length() > BodyCollector.MAX_PARAMETERS) {
      throw Refused.badRequest("Request body too large");
    }
    String text = new String(body.bytes(), StandardCharsets.UTF_8);
    String type = contentType == null ? "" : contentType.split(";", 2)[0].strip();
    if (type.equals("application/json")) {
      return text.isEmpty()
          ? schema.verify(with(Map.of(), path))
          : schema.verify(parse(text, path));
    }
    if (!type.isEmpty() && !type.equals("application/x-www-form-urlencoded")) {
      throw Refused.badRequest("unsupported content type Ok(\"" + type + "\")");
    }
    Map<String, List<String>> parameters = new LinkedHashMap<>(decode(query));
    parameters.putAll(decode(text));
    return schema.verify(with(parameters, path));
  }

  private static Map<String, List<String>> with(
      Map<String, List<String>> parameters, Map<String, String> path) {
    Map<String, List<String>> all = new LinkedHashMap<>(parameters);
    path.forEach((name, value) -> all.put(name, List.of(value)));
    return all;
  }

  private static JsonNode parse(String text, Map<String, String> path) throws Refused {
    try {
      JsonNode document = JSON.readTree(text);
      if (document instanceof ObjectNode object) {
        path.forEach(object::put);
      }
      return document;
    } catch (JsonProcessingException e) {
      throw Refused.badRequest(JsonText.serdeMessage(e, text));
    }
  }

  static Map<String, List<String>> decode(String form) {
    return new QueryStringDecoder(form, false).parameters();
  }
}
