package org.qmpbs.e2e.server;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** The datastore that a real server wrote. */
final class GoldenStore {
  private GoldenStore() {}

  /** Makes {@code target} a copy of it. */
  static void copyTo(Path target) throws IOException {
    Path resource = resource();
    try (Stream<Path> files = Files.walk(resource)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(resource.relativize(file).toString()));
      }
    }
  }

  private static Path resource() throws IOException {
    try {
      return Path.of(
          Objects.requireNonNull(GoldenStore.class.getResource("/golden/datastore")).toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
