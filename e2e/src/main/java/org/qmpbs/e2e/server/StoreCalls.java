package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Calls on a whole datastore. */
final class StoreCalls {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<Privilege> FIGURES = Set.of(Privilege.AUDIT, Privilege.BACKUP);

  private StoreCalls() {}

  static void addTo(Routes routes) {
    routes.add(
        "GET",
        "admin/datastore/{store}/status",
        Schema.builder().optional("verbose", ParameterType.flag()),
        StoreCalls::status);
  }

  /** Who sees only a namespace, or only reads, learns that the datastore is there and no sizes. */
  private static Response status(RestRequest request) throws Refused, IOException {
    String path = "/datastore/" + request.storeName();
    Principal principal = request.principal();
    boolean figures = principal.hasAny(FIGURES, path);
    if (!figures
        && !principal.has(Privilege.READ, path)
        && !principal.rules().anyBelow(principal.authId(), path, Privilege.NAMESPACE)) {
      throw new Refused(403, "permission check failed");
    }
    FileStore disk = Files.getFileStore(request.store().base());
    long total = disk.getTotalSpace();
    ObjectNode status = JSON.objectNode();
    status.put("avail", figures ? disk.getUsableSpace() : 0);
    status.put("total", figures ? total : 0);
    status.put("used", figures ? total - disk.getUnallocatedSpace() : 0);
    if (figures && request.parameters().flag("verbose")) {
      status.set("counts", counts(request));
      status.set("gc-status", request.store().garbage().lastOrZeros());
    }
    return Response.data(status);
  }

  /** Of all namespaces together; who may not audit has only his own groups counted. */
  private static ObjectNode counts(RestRequest request) throws Refused, IOException {
    Datastore store = request.store();
    Principal principal = request.principal();
    boolean all = principal.has(Privilege.AUDIT, "/datastore/" + request.storeName());
    Map<String, long[]> found = new TreeMap<>();
    for (Namespace namespace : store.namespaces(Namespace.ROOT, Integer.MAX_VALUE)) {
      for (GroupName group : store.groups(namespace)) {
        int snapshots = store.snapshots(group).size();
        if (snapshots > 0 && (all || principal.owns(store.owner(group)))) {
          long[] count = found.computeIfAbsent(group.type(), type -> new long[2]);
          count[0]++;
          count[1] += snapshots;
        }
      }
    }
    ObjectNode counts = JSON.objectNode();
    found.forEach(
        (type, count) -> counts.putObject(type).put("groups", count[0]).put("snapshots", count[1]));
    return counts;
  }
}
