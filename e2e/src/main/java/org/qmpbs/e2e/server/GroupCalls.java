package org.qmpbs.e2e.server;

/** Calls on backup groups. */
final class GroupCalls {
  private GroupCalls() {}

  static void addTo(Routes routes) {
    String store = "admin/datastore/{store}/";
    routes.add(
        "GET",
        store + "groups",
        RestSchemas.namespace(),
        request -> new Listings(request.store()).groups(request));
  }
}
