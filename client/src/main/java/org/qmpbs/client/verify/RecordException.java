package org.qmpbs.client.verify;

import java.io.IOException;

/** Where the record of a verification is to be kept, there is something else. */
public final class RecordException extends IOException {
  private static final long serialVersionUID = 1L;

  RecordException(String message) {
    super(message);
  }

  /** What the user can do. */
  public String remedy() {
    return "Name a file that does not exist, or that an interrupted verification left: --state FILE.";
  }
}
