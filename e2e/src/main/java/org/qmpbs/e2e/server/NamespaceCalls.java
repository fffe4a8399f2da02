package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Calls on namespaces. */
final class NamespaceCalls {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private NamespaceCalls() {}

  static void addTo(Routes routes) {
    String path = "admin/datastore/{store}/namespace";
    routes.add(
        "GET",
        path,
        Schema.builder()
            .optional("parent", RestSchemas.NAMESPACE)
            .optional("max-depth", RestSchemas.DEPTH),
        NamespaceCalls::list);
    routes.add(
        "POST",
        path,
        Schema.builder()
            .optional("parent", RestSchemas.NAMESPACE)
            .required("name", RestSchemas.SAFE_ID),
        NamespaceCalls::create);
    routes.add(
        "DELETE",
        path,
        Schema.builder()
            .required("ns", RestSchemas.NAMESPACE)
            .optional("delete-groups", ParameterType.flag())
            .optional("error-on-protected", ParameterType.flag()),
        NamespaceCalls::remove);
  }

  /**
   * Those that the caller may see; that there are others is not told. The one that was asked for is
   * listed even if it is not there, as by the real server.
   */
  private static Response list(RestRequest request) throws Refused, IOException {
    Namespace parent = request.parameters().namespace("parent");
    Datastore store = request.store();
    boolean mayParent = mayList(request, parent);
    int depth = (int) request.parameters().integer("max-depth", Namespace.MAX_DEPTH);
    ArrayNode list = JSON.arrayNode();
    for (Namespace namespace : store.namespaces(parent, depth)) {
      if (mayList(request, namespace)) {
        list.add(JSON.objectNode().put("ns", namespace.toString()));
      }
    }
    if (list.isEmpty() && !mayParent) {
      throw new Refused(403, "permission check failed");
    }
    return Response.data(list);
  }

  private static boolean mayList(RestRequest request, Namespace namespace) {
    return request.principal().hasAny(Privilege.NAMESPACE, namespace.aclPath(request.storeName()));
  }

  private static Response remove(RestRequest request) throws Refused, IOException {
    Namespace namespace = request.namespace();
    if (namespace.isRoot()) {
      throw Refused.badRequest("Cannot create/delete root namespace!");
    }
    request.requireAny(namespace.parent(), Set.of(Privilege.MODIFY));
    boolean withGroups = request.parameters().flag("delete-groups");
    Removals removals = new Removals(request.store());
    boolean all = removals.remove(namespace, withGroups);
    if (!all && request.parameters().flag("error-on-protected", true)) {
      throw Refused.badRequest(
          withGroups
              ? "group only partially deleted due to protected snapshots"
              : "only partially deleted due to existing groups but `delete-groups` not true");
    }
    return Response.data(removals.statistics());
  }

  private static Response create(RestRequest request) throws Refused, IOException {
    Namespace parent = request.parameters().namespace("parent");
    request.requireAny(parent, Set.of(Privilege.MODIFY));
    if (!Files.isDirectory(request.store().path(parent))) {
      throw Refused.badRequest(
          "cannot create new namespace, parent " + parent + " doesn't already exists");
    }
    List<String> names = new ArrayList<>(parent.names());
    names.add(request.parameters().text("name"));
    Namespace created = new Namespace(names);
    Files.createDirectories(request.store().path(created));
    return Response.data(TextNode.valueOf(created.toString()));
  }
}
