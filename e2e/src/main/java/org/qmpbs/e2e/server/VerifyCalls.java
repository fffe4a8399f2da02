package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Starts the verification of a snapshot, a group, or all that the caller may verify. */
final class VerifyCalls {
  private static final Set<Privilege> VERIFY = Set.of(Privilege.VERIFY);
  private static final Set<Privilege> BACKUP = Set.of(Privilege.BACKUP);

  private VerifyCalls() {}

  static void addTo(Routes routes) {
    routes.add(
        "POST",
        "admin/datastore/{store}/verify",
        RestSchemas.namespace()
            .optional("backup-type", RestSchemas.TYPE)
            .optional("backup-id", RestSchemas.SAFE_ID)
            .optional("backup-time", RestSchemas.TIME)
            .optional("ignore-verified", ParameterType.flag())
            .optional("outdated-after", ParameterType.integer(0, Long.MAX_VALUE))
            .optional("max-depth", RestSchemas.DEPTH),
        VerifyCalls::verify);
  }

  /** What a task verifies; gives what failed. */
  @FunctionalInterface
  private interface Target {
    List<SnapshotName> verify(Verification verification) throws Refused, IOException;
  }

  private static Response verify(RestRequest request) throws Refused, IOException {
    Parameters given = request.parameters();
    Namespace namespace = request.namespace();
    boolean limited = request.principal().isLimited(namespace, request.storeName(), VERIFY, BACKUP);
    Datastore store = request.store();
    boolean hasGroup = given.has("backup-type");
    if (hasGroup != given.has("backup-id") || (given.has("backup-time") && !hasGroup)) {
      throw Refused.badRequest("parameters do not specify a backup group or snapshot");
    }
    if (!hasGroup) {
      String id = namespace.isRoot() ? store.name() : store.name() + ":" + namespace.asPath();
      return start(request, "verify", id, verification -> all(request, verification));
    }
    GroupName group = given.group();
    if (limited) {
      request.principal().requireOwner(store.owner(group));
    }
    String id = store.name() + ":" + namespace.asPath() + "/" + group;
    if (!given.has("backup-time")) {
      return start(request, "verify_group", id, verification -> verification.verify(group));
    }
    SnapshotName snapshot = given.snapshot();
    return start(
        request,
        "verify_snapshot",
        id + "/" + String.format("%08X", snapshot.time()),
        verification -> verification.verify(snapshot) ? List.of() : List.of(snapshot));
  }

  private static List<SnapshotName> all(RestRequest request, Verification verification)
      throws Refused, IOException {
    Datastore store = request.store();
    int depth = (int) request.parameters().integer("max-depth", Namespace.MAX_DEPTH);
    List<SnapshotName> failed = new ArrayList<>();
    for (Namespace namespace : store.namespaces(request.namespace(), depth)) {
      List<GroupName> groups = new ArrayList<>(store.groups(namespace));
      groups.sort(Comparator.comparing(GroupName::toString));
      for (GroupName group : groups) {
        if (mayVerify(request.principal(), store, group)) {
          failed.addAll(verification.verify(group));
        }
      }
    }
    return failed;
  }

  private static boolean mayVerify(Principal principal, Datastore store, GroupName group)
      throws Refused, IOException {
    String path = group.namespace().aclPath(store.name());
    return principal.has(Privilege.VERIFY, path)
        || (principal.has(Privilege.BACKUP, path) && principal.owns(store.owner(group)));
  }

  private static Response start(RestRequest request, String type, String id, Target target)
      throws Refused {
    Datastore store = request.store();
    Predicate<Manifests.Loaded> wanted = wanted(request.parameters(), request.settings().clock());
    Upid upid =
        request
            .settings()
            .tasks()
            .start(
                type,
                id,
                request.principal().authId(),
                task -> report(task, target.verify(new Verification(store, task, wanted))));
    return Response.data(TextNode.valueOf(upid.toString()));
  }

  private static void report(Task task, List<SnapshotName> failed) throws Refused {
    if (!failed.isEmpty()) {
      task.log("Failed to verify the following snapshots/groups:");
      for (SnapshotName snapshot : failed) {
        Namespace namespace = snapshot.group().namespace();
        task.log("\t" + (namespace.isRoot() ? "" : namespace.asPath() + "/") + snapshot);
      }
      throw Refused.badRequest("verification failed - please check the log for details");
    }
  }

  /** By default only what was never verified, whatever came out then. */
  private static Predicate<Manifests.Loaded> wanted(Parameters given, Clock clock) {
    if (!given.flag("ignore-verified", true)) {
      return manifest -> true;
    }
    long now = clock.instant().getEpochSecond();
    long days = given.integer("outdated-after", Long.MAX_VALUE);
    return manifest ->
        manifest.verifiedAt().map(at -> Duration.ofSeconds(now - at).toDays() > days).orElse(true);
  }
}
