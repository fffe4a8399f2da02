package org.qmpbs.client.lookup;

import java.io.IOException;

/** The server was asked and has no such group, snapshot or archive. */
public final class NotInDatastoreException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  /** Says so. */
  public NotInDatastoreException(String message, String remedy) {
    super(message);
    this.remedy = remedy;
  }

  /** What there is instead, or how to see it. */
  public String remedy() {
    return remedy;
  }
}
