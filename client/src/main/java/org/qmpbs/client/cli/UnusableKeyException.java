package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.ExitCode;

/** A key that the user named, or that would be the default, is not there or not usable. */
final class UnusableKeyException extends IOException {
  private static final long serialVersionUID = 1L;

  private final ExitCode code;
  private final String remedy;

  UnusableKeyException(ExitCode code, String message, String remedy) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }

  ExitCode code() {
    return code;
  }

  String remedy() {
    return remedy;
  }
}
