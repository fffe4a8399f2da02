package org.qmpbs.pbs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of the server's list of groups.
 *
 * @param group which one
 * @param last its newest snapshot
 * @param count how many snapshots it has
 * @param files names of the files in the newest
 * @param owner user or token, or null if the server does not say
 * @param comment first line of the group's notes, or null
 */
public record GroupInfo(
    BackupGroup group,
    Snapshot last,
    long count,
    List<String> files,
    @Nullable String owner,
    @Nullable String comment) {

  /** Keeps a copy of the list. */
  public GroupInfo {
    files = List.copyOf(files);
  }
}
