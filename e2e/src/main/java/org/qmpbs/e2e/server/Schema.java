package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The parameters of a call. Every problem is collected before the call is refused, and the text is
 * the one of the real server: what is wrong first, what is missing last.
 */
final class Schema {
  static final Schema EMPTY = new Schema(Map.of());

  private final Map<String, Property> properties;

  private record Property(ParameterType type, boolean optional) {}

  private record Problem(String parameter, String text) {}

  private Schema(Map<String, Property> properties) {
    this.properties = properties;
  }

  static Builder builder() {
    return new Builder();
  }

  static final class Builder {
    private final Map<String, Property> properties = new TreeMap<>();

    private Builder() {}

    Builder required(String name, ParameterType type) {
      properties.put(name, new Property(type, false));
      return this;
    }

    Builder optional(String name, ParameterType type) {
      properties.put(name, new Property(type, true));
      return this;
    }

    Schema build() {
      return new Schema(new TreeMap<>(properties));
    }
  }

  /** Checks the decoded parameters of a query or form. */
  Parameters verify(Map<String, List<String>> query) throws Refused {
    Check check = new Check();
    for (Map.Entry<String, List<String>> entry : query.entrySet()) {
      for (String text : entry.getValue()) {
        check.add(entry.getKey(), type -> type.parse(text));
      }
    }
    return check.finish();
  }

  /** Checks a JSON object. */
  Parameters verify(JsonNode body) throws Refused {
    if (!body.isObject()) {
      throw Refused.badRequest("parameter verification failed - expected object");
    }
    Check check = new Check();
    for (Map.Entry<String, JsonNode> entry : body.properties()) {
      check.add(entry.getKey(), type -> type.verify(entry.getValue()));
    }
    return check.finish();
  }

  @FunctionalInterface
  private interface Reading {
    Object read(ParameterType type) throws ParameterType.BadValue;
  }

  private final class Check {
    private final Map<String, Object> values = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();

    void add(String name, Reading reading) {
      Property property = properties.get(name);
      if (property == null) {
        problems.add(new Problem(name, "schema does not allow additional properties."));
        return;
      }
      try {
        values.put(name, reading.read(property.type()));
      } catch (ParameterType.BadValue e) {
        problems.add(new Problem(name, String.valueOf(e.getMessage())));
      }
    }

    Parameters finish() throws Refused {
      properties.forEach(
          (name, property) -> {
            boolean bad = problems.stream().anyMatch(problem -> problem.parameter().equals(name));
            if (!property.optional() && !values.containsKey(name) && !bad) {
              problems.add(new Problem(name, "parameter is missing and it is not optional."));
            }
          });
      if (problems.size() == 1) {
        Problem only = problems.get(0);
        throw Refused.badRequest(
            "parameter verification failed - '" + only.parameter() + "': " + only.text());
      }
      if (!problems.isEmpty()) {
        StringBuilder text = new StringBuilder("parameter verification failed:\n");
        problems.forEach(
            problem ->
                text.append("- '")
                    .append(problem.parameter())
                    .append("': ")
                    .append(problem.text())
                    .append('\n'));
        throw Refused.badRequest(text.toString());
      }
      return new Parameters(values);
    }
  }
}
