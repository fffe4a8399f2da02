package org.qmpbs.client.restore;

import java.io.IOException;

/** The archive is fine, but this version cannot restore its kind. Nothing was touched. */
public final class UnsupportedArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  UnsupportedArchiveException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  /** What the user can do. */
  public String remedy() {
    return remedy;
  }
}
