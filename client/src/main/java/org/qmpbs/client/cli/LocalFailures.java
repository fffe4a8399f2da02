package org.qmpbs.client.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.output.ExitCode;

/** Failures of files on this host. */
final class LocalFailures {
  private LocalFailures() {}

  static @Nullable Explanation of(Throwable thrown) {
    if (thrown instanceof NoSuchFileException e) {
      return new Explanation(
          ExitCode.NOT_FOUND, "there is no " + e.getFile(), Encoding.checkPath(e.getFile()));
    }
    if (thrown instanceof AccessDeniedException e) {
      // Its message is the path alone.
      return new Explanation(
          ExitCode.TARGET,
          "this user may not open or write "
              + e.getFile()
              + (e.getReason() == null ? "" : ": " + e.getReason()),
          "Run the command as a user who may, or choose another place.");
    }
    if (thrown instanceof FileAlreadyExistsException e) {
      return new Explanation(
          ExitCode.TARGET,
          "there is a file " + e.getFile() + " already, and it is not overwritten",
          "Choose another name, or move that file away.");
    }
    if (thrown instanceof FileSystemException e) {
      return Explanation.of(
          ExitCode.TARGET, e, "Check the path, its permissions and the room there.");
    }
    if (thrown instanceof InvalidPathException e) {
      return new Explanation(
          ExitCode.USAGE,
          "'" + e.getInput() + "' cannot be the name of a file in the locale of this process",
          "Run the command with LC_ALL=C.UTF-8, or through bin/qmpbs, which sees to that.");
    }
    return null;
  }
}
