package org.qmpbs.client.cli;

import java.io.IOException;

/** Options that cannot be used as they are. Nothing was tried. */
final class UsageException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  UsageException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  String remedy() {
    return remedy;
  }
}
