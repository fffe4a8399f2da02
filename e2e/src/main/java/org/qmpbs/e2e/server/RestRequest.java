package org.qmpbs.e2e.server;

import java.io.IOException;
import java.util.Set;

/**
 * One REST call on a datastore.
 *
 * @param storeName may be no datastore at all: rights are checked first
 */
record RestRequest(
    Principal principal, ServerSettings settings, String storeName, Parameters parameters) {

  Datastore store() throws Refused {
    return settings.datastore(storeName);
  }

  /** Whether the caller sees all groups of the namespace; otherwise only the own ones. */
  boolean seesAll(Namespace namespace, Set<Privilege> full, Set<Privilege> limited) throws Refused {
    return !principal.isLimited(namespace, storeName, full, limited);
  }

  void requireAny(Namespace namespace, Set<Privilege> privileges) throws Refused {
    boolean limited = principal.isLimited(namespace, storeName, privileges, Set.of());
    if (limited) {
      throw new IllegalStateException("an empty set of rights cannot be there");
    }
  }

  /** The snapshot that is meant, if the caller may do this to it. */
  SnapshotName allowed(Set<Privilege> full, Set<Privilege> owner) throws Refused, IOException {
    SnapshotName snapshot = parameters.snapshot();
    GroupName group = snapshot.group();
    boolean limited = principal.isLimited(group.namespace(), storeName, full, owner);
    if (limited) {
      principal.requireOwner(store().owner(group));
    }
    return snapshot;
  }
}
