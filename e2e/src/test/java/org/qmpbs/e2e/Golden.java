package org.qmpbs.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The datastore that a real server wrote, kept with the tests. */
final class Golden {
  private Golden() {}

  /** Copies it, because a server writes into its datastore. */
  static Path copyDatastore(Path target) {
    URL resource = Golden.class.getResource("/golden/datastore");
    if (resource == null) {
      throw new IllegalStateException("the golden datastore is not among the test resources");
    }
    try {
      Path source = Path.of(resource.toURI());
      try (Stream<Path> files = Files.walk(source)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Path copy = target.resolve(source.relativize(file).toString());
          if (Files.isDirectory(file)) {
            Files.createDirectories(copy);
          } else {
            Files.copy(file, copy);
          }
        }
      }
      return target;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    } catch (URISyntaxException problem) {
      throw new IllegalStateException(problem);
    }
  }

  /** A key file of the recorded client; {@code none.json} has no passphrase. */
  static Path key(String name) {
    URL resource = Golden.class.getResource("/golden/keys/" + name);
    if (resource == null) {
      throw new IllegalStateException("no golden key " + name);
    }
    try {
      return Path.of(resource.toURI());
    } catch (URISyntaxException problem) {
      throw new IllegalStateException(problem);
    }
  }

  /** Changes one byte in the middle of every chunk: a disk that forgets. */
  static void damageChunks(Path datastore) throws IOException {
    List<Path> chunks;
    try (Stream<Path> files = Files.walk(datastore.resolve(".chunks"))) {
      chunks = files.filter(Files::isRegularFile).toList();
    }
    for (Path chunk : chunks) {
      byte[] content = Files.readAllBytes(chunk);
      content[content.length / 2] ^= 1;
      Files.write(chunk, content);
    }
  }
}
