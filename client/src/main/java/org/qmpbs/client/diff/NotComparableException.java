package org.qmpbs.client.diff;

import java.io.IOException;

/** Both snapshots are fine, but the names of their chunks say nothing about each other. */
public final class NotComparableException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  NotComparableException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  /** What the user can do. */
  public String remedy() {
    return remedy;
  }
}
