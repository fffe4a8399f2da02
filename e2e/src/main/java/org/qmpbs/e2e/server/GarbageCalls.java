package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.Optional;

/** Starts a garbage collection, and tells of the last one. */
final class GarbageCalls {
  private static final String TYPE = "garbage_collection";

  private GarbageCalls() {}

  static void addTo(Routes routes) {
    String path = "admin/datastore/{store}/gc";
    routes.add("GET", path, Schema.builder(), GarbageCalls::status);
    routes.add("POST", path, Schema.builder(), GarbageCalls::start);
  }

  private static Response start(RestRequest request) throws Refused {
    request.principal().require(Privilege.MODIFY, "/datastore/" + request.storeName());
    Datastore store = request.store();
    if (!store.garbage().begin()) {
      throw Refused.badRequest("garbage collection already running");
    }
    Upid upid =
        request
            .settings()
            .tasks()
            .start(
                TYPE,
                store.name(),
                request.principal().authId(),
                task -> collect(request, store, task));
    return Response.data(TextNode.valueOf(upid.toString()));
  }

  private static void collect(RestRequest request, Datastore store, Task task)
      throws Refused, IOException {
    try {
      task.log("starting garbage collection on store " + store.name());
      long now = request.settings().clock().instant().getEpochSecond();
      store.garbage().save(store.lock().alone(() -> new GarbageCollection(store, task).run(now)));
    } finally {
      store.garbage().end();
    }
  }

  /** Numbers of the last collection that came to its end; zeros before the first. */
  private static Response status(RestRequest request) throws Refused, IOException {
    request.principal().require(Privilege.AUDIT, "/datastore/" + request.storeName());
    Datastore store = request.store();
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("store", store.name());
    status.setAll(store.garbage().lastOrZeros());
    Optional<Task> task =
        Upid.parse(status.path("upid").asText()).flatMap(request.settings().tasks()::find);
    task.flatMap(Task::end)
        .ifPresent(
            end ->
                status
                    .put("last-run-endtime", end.time())
                    .put("last-run-state", end.status())
                    .put("duration", end.time() - task.get().upid().startTime()));
    return Response.data(status);
  }
}
