package org.qmpbs.e2e.server;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** The texts of the operating system's errors as the real server prints them. */
final class IoText {
  private IoText() {}

  static String of(IOException problem) {
    if (problem instanceof NoSuchFileException) {
      return Datastore.NO_SUCH_FILE;
    }
    if (problem instanceof AccessDeniedException) {
      return "Permission denied (os error 13)";
    }
    String message = problem.getMessage();
    if (message != null && message.contains("No space left on device")) {
      return "No space left on device (os error 28)";
    }
    return String.valueOf(message);
  }
}
