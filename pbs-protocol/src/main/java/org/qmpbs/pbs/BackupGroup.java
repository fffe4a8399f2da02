package org.qmpbs.pbs;

/**
 * All snapshots of one machine: {@code type/id}.
 *
 * @param type the kind of group
 * @param id {@code [A-Za-z0-9_][A-Za-z0-9._-]*} (docs/protocol.md, "Names")
 */
public record BackupGroup(BackupType type, String id) {
  /** Rejects an id that the server would reject. */
  public BackupGroup {
    Names.requireSafeId("backup id", id);
  }

  /**
   * Parses {@code type/id}.
   *
   * @throws IllegalArgumentException if the text is not a group
   */
  public static BackupGroup parse(String path) {
    String[] parts = path.split("/", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException(
          "'" + path + "' is not a backup group; expected type/id, for instance vm/100");
    }
    return new BackupGroup(BackupType.parse(parts[0]), parts[1]);
  }

  @Override
  public String toString() {
    return type.id() + "/" + id;
  }
}
