package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** QEMU's description of its own commands, as {@code query-qmp-schema} gives it. */
final class Schema {
  private final Map<String, JsonNode> entities = new HashMap<>();

  Schema(JsonNode reply) {
    reply.forEach(entity -> entities.put(Json.text(entity, "name"), entity));
  }

  Capabilities capabilities() {
    JsonNode backup = arguments("blockdev-backup");
    JsonNode addNode = arguments("blockdev-add");
    JsonNode filter = variant(addNode, "copy-before-write");
    boolean access = variant(addNode, "snapshot-access").isObject();
    JsonNode nbdExport = variant(arguments("block-export-add"), "nbd");
    return new Capabilities(
        member(backup, "on-cbw-error").isPresent(),
        member(filter, "on-cbw-error").isPresent(),
        member(filter, "cbw-timeout").isPresent(),
        access,
        member(nbdExport, "bitmaps").map(this::takesNodes).orElse(false),
        entities.containsKey("x-debug-query-block-graph") || namedNodesHaveChildren(),
        variant(addNode, "quorum").isObject());
  }

  private JsonNode arguments(String command) {
    return type(Json.text(entity(command), "arg-type"));
  }

  private JsonNode entity(String name) {
    JsonNode entity = entities.get(name);
    return entity == null ? Json.object() : entity;
  }

  private JsonNode type(String name) {
    JsonNode type = entities.get(name);
    return type == null ? com.fasterxml.jackson.databind.node.MissingNode.getInstance() : type;
  }

  private JsonNode variant(JsonNode object, String name) {
    for (JsonNode each : object.path("variants")) {
      if (name.equals(Json.text(each, "case"))) {
        return type(Json.text(each, "type"));
      }
    }
    return type("");
  }

  private static Optional<JsonNode> member(JsonNode object, String name) {
    for (JsonNode each : object.path("members")) {
      if (name.equals(Json.text(each, "name"))) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /** The type is an array; its elements were strings at first, later also objects with a node. */
  private boolean takesNodes(JsonNode member) {
    JsonNode element = type(Json.text(type(Json.text(member, "type")), "element-type"));
    return "alternate".equals(Json.text(element, "meta-type"));
  }

  private boolean namedNodesHaveChildren() {
    JsonNode list = type(Json.text(entity("query-named-block-nodes"), "ret-type"));
    return member(type(Json.text(list, "element-type")), "children").isPresent();
  }
}
