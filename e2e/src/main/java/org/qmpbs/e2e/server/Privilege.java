package org.qmpbs.e2e.server;

/** Rights on a datastore, in the order in which the server lists missing ones. */
public enum Privilege {
  /** See snapshots and their metadata. */
  AUDIT("Datastore.Audit"),
  /** Change and remove what belongs to others. */
  MODIFY("Datastore.Modify"),
  /** Restore what belongs to others. */
  READ("Datastore.Read"),
  /** Make backups, and restore the own ones. */
  BACKUP("Datastore.Backup"),
  /** Remove own backups. */
  PRUNE("Datastore.Prune");

  private final String serverName;

  Privilege(String serverName) {
    this.serverName = serverName;
  }

  /** The name in the server's messages. */
  String serverName() {
    return serverName;
  }
}
