package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Removes the snapshots of a group that its retention does not keep. */
final class PruneCalls {
  private PruneCalls() {}

  static void addTo(Routes routes) {
    Schema.Builder prune =
        RestSchemas.group()
            .optional("dry-run", ParameterType.flag())
            .optional("use-task", ParameterType.flag());
    for (Retention.Period period : Retention.Period.values()) {
      prune.optional(period.parameter(), ParameterType.integer(1, Long.MAX_VALUE));
    }
    routes.add("POST", "admin/datastore/{store}/prune", prune, PruneCalls::prune);
  }

  private static Response prune(RestRequest request) throws Refused, IOException {
    GroupName group = request.allowedGroup(Set.of(Privilege.MODIFY), Set.of(Privilege.PRUNE));
    Datastore store = request.store();
    boolean dryRun = request.parameters().flag("dry-run");
    Retention retention = retention(request);
    store.requireGroup(group);
    List<Retention.Snapshot> snapshots =
        store.snapshots(group).stream()
            .map(
                listed ->
                    new Retention.Snapshot(
                        listed.snapshot().time(),
                        listed.isFinished(),
                        store.isProtected(listed.snapshot())))
            .toList();
    List<Retention.Marked> marked = retention.mark(snapshots);
    if (dryRun) {
      return Response.data(rows(group, retention, marked, true));
    }
    Tasks tasks = request.settings().tasks();
    String id = store.name() + ":" + group.namespace() + ":" + group;
    String authId = request.principal().authId();
    Tasks.Work work = task -> carryOut(task, store, group, retention, marked);
    if (request.parameters().flag("use-task")) {
      Upid upid = tasks.start("prune", id, authId, work);
      return Response.data(TextNode.valueOf(upid.toString()));
    }
    tasks.run("prune", id, authId, work);
    return Response.data(rows(group, retention, marked, false));
  }

  private static ArrayNode rows(
      GroupName group, Retention retention, List<Retention.Marked> all, boolean withNamespace) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (Retention.Marked marked : all) {
      ObjectNode row = rows.addObject();
      row.put("backup-id", group.id());
      row.put("backup-time", marked.snapshot().time());
      row.put("backup-type", group.type());
      row.put("keep", keeps(retention, marked));
      if (withNamespace && !group.namespace().isRoot()) {
        row.put("ns", group.namespace().toString());
      }
      row.put("protected", marked.mark() == Retention.Mark.PROTECTED);
    }
    return rows;
  }

  private static boolean keeps(Retention retention, Retention.Marked marked) {
    return retention.keepsAll() || marked.mark() != Retention.Mark.REMOVE;
  }

  /** One that cannot be removed, for it is in use, does not keep the others. */
  private static void carryOut(
      Task task, Datastore store, GroupName group, Retention retention, List<Retention.Marked> all)
      throws IOException {
    task.log(
        retention.keepsAll()
            ? "No prune selection - keeping all files."
            : "Starting prune on datastore '" + store.name() + "' group \"" + group + "\"");
    for (Retention.Marked marked : all) {
      SnapshotName name = new SnapshotName(group, marked.snapshot().time());
      task.log(name + " " + marked.mark().serverName());
      if (!keeps(retention, marked)) {
        try {
          new Removals(store).remove(name);
        } catch (Refused e) {
          task.warn("failed to remove dir \"" + name + "\": " + e.text());
        }
      }
    }
  }

  private static Retention retention(RestRequest request) {
    Map<Retention.Period, Long> keep = new EnumMap<>(Retention.Period.class);
    for (Retention.Period period : Retention.Period.values()) {
      if (request.parameters().has(period.parameter())) {
        keep.put(period, request.parameters().integer(period.parameter()));
      }
    }
    return new Retention(keep, request.settings().zone());
  }
}
