package org.qmpbs.qmp;

import java.io.IOException;

/** QEMU refused a command, or it failed. */
public final class QmpCommandException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String command;
  private final String errorClass;
  private final String description;

  /** The error as QEMU sent it. */
  public QmpCommandException(String command, String errorClass, String description) {
    super("QEMU says to " + command + ": " + description);
    this.command = command;
    this.errorClass = errorClass;
    this.description = description;
  }

  /** The command that failed. */
  public String command() {
    return command;
  }

  /** QEMU's class, mostly {@code GenericError}. */
  public String errorClass() {
    return errorClass;
  }

  /** QEMU's text. */
  public String description() {
    return description;
  }
}
