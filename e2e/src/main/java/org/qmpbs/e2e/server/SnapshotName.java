package org.qmpbs.e2e.server;

import java.time.Instant;

/**
 * A snapshot of a group.
 *
 * @param time in seconds since 1970
 */
record SnapshotName(GroupName group, long time) {
  String timeString() {
    return Instant.ofEpochSecond(time).toString();
  }

  /** As the server's messages print it. */
  String debug(String store) {
    return "BackupDir { store: \""
        + store
        + "\", ns: "
        + group.namespace().debug()
        + ", dir: BackupDir { group: "
        + group.debugGroup()
        + ", time: "
        + time
        + " }, backup_time_string: \""
        + timeString()
        + "\" }";
  }

  @Override
  public String toString() {
    return group + "/" + timeString();
  }
}
