package org.qmpbs.e2e.server;

import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.util.Set;

/**
 * One REST call.
 *
 * @param principal nobody, for calls that are open to the world
 * @param body of an upload
 */
record RestRequest(
    Principal principal,
    ServerSettings settings,
    Parameters parameters,
    HttpHeaders headers,
    Endpoint.Body body) {

  /** May be no datastore at all: rights are checked first. */
  String storeName() {
    return parameters.text("store");
  }

  Datastore store() throws Refused {
    return settings.datastore(storeName());
  }

  Namespace namespace() {
    return parameters.namespace("ns");
  }

  /** Whether the caller sees all groups of the namespace; otherwise only the own ones. */
  boolean seesAll(Namespace namespace, Set<Privilege> full, Set<Privilege> limited) throws Refused {
    return !principal.isLimited(namespace, storeName(), full, limited);
  }

  void requireAny(Namespace namespace, Set<Privilege> privileges) throws Refused {
    boolean limited = principal.isLimited(namespace, storeName(), privileges, Set.of());
    if (limited) {
      throw new IllegalStateException("an empty set of rights cannot be there");
    }
  }

  /** The group that is meant, if the caller may do this to it. */
  GroupName allowedGroup(Set<Privilege> full, Set<Privilege> owner) throws Refused, IOException {
    GroupName group = parameters.group();
    boolean limited = principal.isLimited(group.namespace(), storeName(), full, owner);
    Datastore store = store();
    if (limited) {
      principal.requireOwner(store.owner(group));
    }
    return group;
  }

  /** The snapshot that is meant, if the caller may do this to it. */
  SnapshotName allowed(Set<Privilege> full, Set<Privilege> owner) throws Refused, IOException {
    return new SnapshotName(allowedGroup(full, owner), parameters.integer("backup-time"));
  }
}
