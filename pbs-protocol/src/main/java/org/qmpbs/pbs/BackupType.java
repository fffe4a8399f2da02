package org.qmpbs.pbs;

import java.util.Locale;

/** The three kinds of backup groups that a server knows. */
public enum BackupType {
  /** A virtual machine. */
  VM,
  /** A container. */
  CT,
  /** A host. */
  HOST;

  /** The lower-case name that stands in paths and parameters. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The type named {@code id}.
   *
   * @throws IllegalArgumentException if there is no such type
   */
  public static BackupType parse(String id) {
    for (BackupType type : values()) {
      if (type.id().equals(id)) {
        return type;
      }
    }
    throw new IllegalArgumentException("backup type '" + id + "' is not one of vm, ct, host");
  }
}
