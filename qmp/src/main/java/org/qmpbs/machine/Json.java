package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Short forms for what QMP commands need. */
final class Json {
  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ObjectNode object(String name, @org.jspecify.annotations.Nullable String value) {
    return object().put(name, value);
  }

  static ArrayNode array(List<? extends JsonNode> elements) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    elements.forEach(array::add);
    return array;
  }

  static ObjectNode action(String type, ObjectNode data) {
    ObjectNode action = object("type", type);
    action.set("data", data);
    return action;
  }

  static ObjectNode transaction(List<ObjectNode> actions) {
    ObjectNode arguments = object();
    arguments.set("actions", array(actions));
    return arguments;
  }

  static String text(JsonNode object, String member) {
    return object.path(member).asText("");
  }

  static List<JsonNode> elements(JsonNode array) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements;
  }
}
