package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The REST calls that clients of the project use (docs/protocol.md, "REST calls"). */
final class RestApi {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ServerSettings settings;
  private final Routes routes = new Routes();

  RestApi(ServerSettings settings) {
    this.settings = settings;
    routes.add("GET", "version", Schema.builder(), request -> version());
    routes.add("GET", "ping", Routes.Kind.WORLD, Schema.builder(), request -> ping());
    new AccessCalls(settings).addTo(routes);
    StoreCalls.addTo(routes);
    GroupCalls.addTo(routes);
    SnapshotCalls.addTo(routes);
    PruneCalls.addTo(routes);
    VerifyCalls.addTo(routes);
    GarbageCalls.addTo(routes);
    TaskCalls.addTo(routes);
    NamespaceCalls.addTo(routes);
  }

  private static Response version() {
    ObjectNode version = JSON.objectNode();
    version.put("release", "1").put("repoid", "local").put("version", "4.1");
    return Response.data(version);
  }

  private static Response ping() {
    return Response.data(JSON.objectNode().put("pong", true));
  }

  /** Whoever is unknown does not even learn which calls there are. */
  Response handle(Call call, HttpHeaders headers, RequestParameters given)
      throws Refused, IOException {
    Optional<Routes.Match> found = routes.find(call);
    boolean world = found.isPresent() && found.get().route().kind() == Routes.Kind.WORLD;
    Principal principal =
        world
            ? new Principal("", settings.authenticator().rules())
            : settings.authenticator().authenticate(headers, call.method());
    Routes.Match match = found.orElseThrow(() -> Refused.pathNotFound(call.path()));
    Map<String, String> variables = match.variables();
    Schema schema = match.route().schema();
    Parameters parameters =
        match.route().kind() == Routes.Kind.UPLOAD
            ? given.verifyQuery(schema, variables)
            : given.verify(schema, variables);
    return match
        .route()
        .handler()
        .handle(new RestRequest(principal, settings, parameters, headers, given.body()));
  }
}
