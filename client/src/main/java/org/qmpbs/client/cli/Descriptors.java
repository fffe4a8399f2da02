package org.qmpbs.client.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Two options for one thing: a file's name, or the number of a descriptor that is open. */
final class Descriptors {
  private Descriptors() {}

  /** The file that either names. */
  static Optional<Path> fileOf(
      String fileOption, @Nullable Path file, String descriptorOption, @Nullable Integer descriptor)
      throws UsageException {
    if (descriptor == null) {
      return Optional.ofNullable(file);
    }
    if (file != null) {
      throw new UsageException(
          fileOption + " and " + descriptorOption + " are both given", "Leave one of them out.");
    }
    if (descriptor < 0) {
      throw new UsageException(
          descriptorOption + " is " + descriptor + ", which is no file descriptor",
          "Give the number of one that is open, for instance: " + descriptorOption + " 3 3<FILE");
    }
    return Optional.of(Path.of("/dev/fd", descriptor.toString()));
  }
}
