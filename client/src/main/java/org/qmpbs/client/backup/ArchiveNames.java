package org.qmpbs.client.backup;

/**
 * How a disk's image is called on the server: {@code drive-<name>.img.fidx}, as Proxmox VE names
 * them, so that its restore and file-restore find the disks (docs/protocol.md, "Names of virtual
 * machines' disks").
 */
final class ArchiveNames {
  private static final String PREFIX = "drive-";
  private static final String IMAGE = ".img";
  private static final String INDEX = ".fidx";

  /** Of an archive in a checkpoint; what other programs show has to be plain to a person. */
  private static final String UNFINISHED = ".unfinished";

  /** File names have 255 bytes at most, and the server appends a suffix while it writes. */
  private static final int MAX_LENGTH = 200;

  private ArchiveNames() {}

  /** The default for a disk; {@code drive-} is not doubled. */
  static String ofDisk(String diskName) throws DiskChoiceException {
    return normalise(diskName.startsWith(PREFIX) ? diskName : PREFIX + diskName);
  }

  /**
   * The archive that a user means: endings are added as needed, and every character that the server
   * does not allow becomes {@code _}, the same for the same name always.
   */
  static String normalise(String name) throws DiskChoiceException {
    String stem = withoutEnding(withoutEnding(name, INDEX), IMAGE);
    if (stem.isEmpty() || stem.length() > MAX_LENGTH) {
      throw new DiskChoiceException(
          "'" + name + "' cannot be the name of an archive: it has no letters, or too many",
          "Give a name of 1 to " + MAX_LENGTH + " characters with --disk NAME=ARCHIVE.",
          null);
    }
    if (stem.endsWith(UNFINISHED)) {
      throw new DiskChoiceException(
          "'" + name + "' is the name of an archive whose upload is not finished",
          "Give another name with --disk NAME=ARCHIVE.",
          null);
    }
    String safe = stem.replaceAll("[^A-Za-z0-9._-]", "_");
    String start = safe.substring(0, 1).matches("[.-]") ? "_" + safe.substring(1) : safe;
    return start + IMAGE + INDEX;
  }

  /** What {@code archive} is called in a checkpoint, while it is not complete. */
  static String unfinished(String archive) {
    return withoutEnding(withoutEnding(archive, INDEX), IMAGE) + UNFINISHED + IMAGE + INDEX;
  }

  private static String withoutEnding(String name, String ending) {
    return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
  }
}
