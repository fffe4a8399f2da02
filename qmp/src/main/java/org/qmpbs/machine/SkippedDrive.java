package org.qmpbs.machine;

/**
 * A drive that has nothing to back up.
 *
 * @param name as in {@link Disk#name}
 * @param reason why
 */
public record SkippedDrive(String name, Reason reason) {
  /** The only two reasons for which a drive may be left out. */
  public enum Reason {
    /** Read-only media: a CD-ROM, firmware, or a disk opened read-only. */
    READ_ONLY,
    /** No medium inserted. */
    EMPTY
  }
}
