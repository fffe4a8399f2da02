package org.qmpbs.e2e.server;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** Rights, in the order in which the server lists missing ones. */
public enum Privilege {
  /** See everybody's tasks. */
  SYSTEM_AUDIT("Sys.Audit"),
  /** Stop everybody's tasks. */
  SYSTEM_MODIFY("Sys.Modify"),
  /** See snapshots and their metadata. */
  AUDIT("Datastore.Audit"),
  /** Change and remove what belongs to others. */
  MODIFY("Datastore.Modify"),
  /** Restore what belongs to others. */
  READ("Datastore.Read"),
  /** Verify what belongs to others. */
  VERIFY("Datastore.Verify"),
  /** Make backups, and restore and verify the own ones. */
  BACKUP("Datastore.Backup"),
  /** Remove own backups. */
  PRUNE("Datastore.Prune");

  /** The rights of the role DatastoreAdmin: everything on a datastore. */
  static final Set<Privilege> DATASTORE_ADMIN =
      Collections.unmodifiableSet(EnumSet.range(AUDIT, PRUNE));

  /** The rights that let a namespace be seen at all. */
  static final Set<Privilege> NAMESPACE = Set.of(AUDIT, MODIFY, READ, BACKUP);

  private final String serverName;

  Privilege(String serverName) {
    this.serverName = serverName;
  }

  /** The name in the server's messages. */
  String serverName() {
    return serverName;
  }
}
