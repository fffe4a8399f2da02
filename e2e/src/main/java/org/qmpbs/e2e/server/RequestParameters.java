package org.qmpbs.e2e.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
    if (body.length() > BodyCollector.MAX_PARAMETERS) {
      throw Refused.badRequest("Request body too large");
    }
    String text = new String(body.bytes(), StandardCharsets.UTF_8);
    String type = contentType == null ? "" : contentType.split(";", 2)[0].strip();
    if (type.equals("application/json")) {
      return text.isEmpty() ? schema.verify(Map.of()) : schema.verify(parse(text));
    }
    if (!type.isEmpty() && !type.equals("application/x-www-form-urlencoded")) {
      throw Refused.badRequest("unsupported content type Ok(\"" + type + "\")");
    }
    Map<String, List<String>> parameters = new LinkedHashMap<>(decode(query));
    parameters.putAll(decode(text));
    return schema.verify(parameters);
  }

  private static JsonNode parse(String text) throws Refused {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw Refused.badRequest(JsonText.serdeMessage(e, text));
    }
  }

  static Map<String, List<String>> decode(String form) {
    return new QueryStringDecoder(form, false).parameters();
  }
}
