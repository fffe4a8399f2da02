package org.qmpbs.client.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configuration as a JSON Schema (2020-12), so that editors complete and check it. */
public final class ConfigSchema {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

  private final Catalogue catalogue;

  /** For {@code catalogue}. */
  public ConfigSchema(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** Of {@code config.yaml}. */
  public ObjectNode main() {
    ObjectNode schema = root("Configuration of qmpbs: config.yaml");
    ObjectNode sections = closed(schema, "object", "null").putObject("properties");
    named(sections, Sections.REPOSITORIES, catalogue.repositoryKeys(), true);
    named(sections, Sections.KEYS, catalogue.keyKeys(), false);
    describe(sections.putObject(Sections.DEFAULTS), catalogue.defaultKeys(), "object", "null");
    named(sections, Sections.MACHINES, catalogue.machineKeys(), false);
    return schema;
  }

  /** Of a file in {@code machines.d}. */
  public ObjectNode machine() {
    ObjectNode schema = root("Configuration of qmpbs: a machine in machines.d");
    describe(schema, catalogue.machineKeys(), "object");
    return schema;
  }

  private static ObjectNode root(String title) {
    return JsonNodeFactory.instance.objectNode().put("$schema", DIALECT).put("title", title);
  }

  private static ObjectNode closed(ObjectNode schema, String... types) {
    if (types.length == 1) {
      schema.put("type", types[0]);
    } else {
      List.of(types).forEach(schema.withArray("type")::add);
    }
    return schema.put("additionalProperties", false);
  }

  private static void named(ObjectNode sections, String name, List<Key> keys, boolean secret) {
    ObjectNode section = sections.putObject(name);
    List.of("object", "null").forEach(section.putArray("type")::add);
    section.putObject("propertyNames").put("pattern", "^" + Sections.NAME + "$");
    ObjectNode entry = section.putObject("additionalProperties");
    describe(entry, keys, "object");
    if (secret) {
      Catalogue.PASSWORDS.forEach(
          way -> entry.withArray("oneOf").addObject().putArray("required").add(way));
    }
  }

  private static void describe(ObjectNode schema, List<Key> keys, String... types) {
    closed(schema, types);
    ObjectNode properties = schema.putObject("properties");
    Map<String, ObjectNode> groups = new LinkedHashMap<>();
    for (Key key : keys) {
      int dot = key.path().indexOf('.');
      if (dot < 0) {
        value(properties.putObject(key.path()), key);
        if (key.required()) {
          schema.withArray("required").add(key.path());
        }
      } else {
        ObjectNode group =
            groups.computeIfAbsent(
                key.path().substring(0, dot),
                name -> closed(properties.putObject(name), "object").putObject("properties"));
        value(group.putObject(key.path().substring(dot + 1)), key);
      }
    }
  }

  private static void value(ObjectNode schema, Key key) {
    schema.put("description", key.description());
    boolean command = key.form().kind() == ValueForm.Kind.COMMAND;
    if (!key.repeatable() && !command) {
      single(schema, key.form());
      return;
    }
    ObjectNode one = schema.withArray("anyOf").addObject();
    single(one, key.form());
    ObjectNode list = schema.withArray("anyOf").addObject().put("type", "array");
    single(list.putObject("items"), key.form());
  }

  private static void single(ObjectNode schema, ValueForm form) {
    switch (form.kind()) {
      case FLAG -> schema.put("type", "boolean");
      case FILE -> schema.put("type", "string").put("pattern", "^/");
      case INTEGER -> {
        schema.put("type", "integer");
        if (form.least() > Long.MIN_VALUE) {
          schema.put("minimum", form.least());
        }
      }
      case TEXT, COMMAND -> {
        if (form.choices().isEmpty()) {
          // A name may be written as a number, and a number of seconds, too.
          schema.putArray("type").add("string").add("number");
        } else {
          form.choices().forEach(schema.withArray("enum")::add);
        }
      }
    }
  }
}
