package org.qmpbs.e2e.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.UnsupportedDataException;

/** Files of snapshots, for clients to read. */
final class IndexFiles {
  private IndexFiles() {}

  static FixedIndex read(Path file) throws Refused {
    try {
      return FixedIndex.parse(Files.readAllBytes(file));
    } catch (CorruptDataException | UnsupportedDataException e) {
      throw unreadable(file, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw unreadable(file, IoText.of(e));
    }
  }

  private static Refused unreadable(Path file, String reason) {
    return Refused.badRequest("Unable to open fixed index \"" + file + "\" - " + reason);
  }

  static Response download(Path file) throws IOException, Refused {
    try {
      return Response.octets(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new Refused(404, "open file \"" + file + "\" failed - not found");
    }
  }

  /** Only these kinds of files can be asked for. */
  static void requireKnownKind(String name) throws Refused {
    if (!name.endsWith(".fidx") && !name.endsWith(".didx") && !name.endsWith(".blob")) {
      throw Refused.badRequest("unknown archive type: \"" + name + "\"");
    }
  }
}
