package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Removes the snapshots of a group that its retention does not keep. */
final class PruneCalls {
  private static final System.Logger LOGGER = System.getLogger(PruneCalls.class.getName());

  private PruneCalls() {}

  static void addTo(Routes routes) {
    Schema.Builder prune = RestSchemas.group().optional("dry-run", ParameterType.flag());
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
    ArrayNode answer = JsonNodeFactory.instance.arrayNode();
    for (Retention.Marked marked : retention.mark(snapshots)) {
      SnapshotName name = new SnapshotName(group, marked.snapshot().time());
      boolean keep = retention.keepsAll() || marked.mark() != Retention.Mark.REMOVE;
      ObjectNode row = answer.addObject();
      row.put("backup-id", group.id());
      row.put("backup-time", name.time());
      row.put("backup-type", group.type());
      row.put("keep", keep);
      if (dryRun && !group.namespace().isRoot()) {
        row.put("ns", group.namespace().toString());
      }
      row.put("protected", marked.mark() == Retention.Mark.PROTECTED);
      if (!keep && !dryRun) {
        remove(store, name);
      }
    }
    return Response.data(answer);
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

  /** One that cannot be removed, for it is in use, does not keep the others. */
  private static void remove(Datastore store, SnapshotName snapshot) throws IOException {
    try {
      new Removals(store).remove(snapshot);
    } catch (Refused e) {
      LOGGER.log(
          System.Logger.Level.WARNING, "failed to remove dir \"{0}\": {1}", snapshot, e.text());
    }
  }
}
