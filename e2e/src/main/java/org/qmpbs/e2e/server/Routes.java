package org.qmpbs.e2e.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table of REST calls. A part of a path in braces is a parameter like any other, and its form
 * is checked with the rest of them.
 */
final class Routes {
  static final String BASE = "/api2/json/";

  private final List<Route> routes = new ArrayList<>();

  /** Carries out a call whose parameters have been checked. */
  @FunctionalInterface
  interface Handler {
    Response handle(RestRequest request) throws Refused, IOException;
  }

  /** Where a call's parameters and its caller are. */
  enum Kind {
    /** Parameters in the query or the body, of somebody who is known. */
    ORDINARY,
    /** Parameters in the query, the body is a file. */
    UPLOAD,
    /** Anybody may ask. */
    WORLD
  }

  /** One call. */
  record Route(String method, List<String> path, Kind kind, Schema schema, Handler handler) {}

  /** The call that is meant, and what stands at the places of its braces. */
  record Match(Route route, Map<String, String> variables) {}

  void add(String method, String path, Schema.Builder schema, Handler handler) {
    add(method, path, Kind.ORDINARY, schema, handler);
  }

  void add(String method, String path, Kind kind, Schema.Builder schema, Handler handler) {
    List<String> parts = List.of(path.split("/", -1));
    parts.stream()
        .filter(Routes::isVariable)
        .forEach(part -> schema.required(name(part), RestSchemas.pathVariable(name(part))));
    routes.add(new Route(method, parts, kind, schema.build(), handler));
  }

  Optional<Match> find(Call call) {
    if (!call.path().startsWith(BASE)) {
      return Optional.empty();
    }
    String[] parts = call.path().substring(BASE.length()).split("/", -1);
    for (Route route : routes) {
      if (route.method().equals(call.method()) && route.path().size() == parts.length) {
        Optional<Map<String, String>> variables = variables(route.path(), parts);
        if (variables.isPresent()) {
          return Optional.of(new Match(route, variables.get()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Map<String, String>> variables(List<String> path, String[] parts) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (int i = 0; i < parts.length; i++) {
      if (isVariable(path.get(i))) {
        variables.put(name(path.get(i)), decode(parts[i]));
      } else if (!path.get(i).equals(parts[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(variables);
  }

  private static String decode(String part) {
    return new String(Tokens.percentDecode(part), StandardCharsets.UTF_8);
  }

  private static boolean isVariable(String part) {
    return part.startsWith("{");
  }

  private static String name(String part) {
    return part.substring(1, part.length() - 1);
  }
}
