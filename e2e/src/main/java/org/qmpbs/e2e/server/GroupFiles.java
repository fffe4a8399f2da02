package org.qmpbs.e2e.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** What lies in a group's folder beside its snapshots: whose it is, and what people note of it. */
record GroupFiles(Path folder) {
  private static final String OWNER = "owner";
  private static final String NOTES = "notes";

  String owner() throws IOException, Refused {
    Path file = folder.resolve(OWNER);
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      throw Refused.badRequest("unable to read \"" + file + "\" - " + Datastore.NO_SUCH_FILE);
    }
  }

  /** Who calls this holds the group's lock. */
  void setOwner(String authId) throws IOException {
    AtomicFiles.replace(
        folder.resolve(OWNER), (authId + "\n").getBytes(StandardCharsets.UTF_8), true);
  }

  /** A multi-line text, if there is one. */
  Optional<String> notes() throws IOException {
    Path file = folder.resolve(NOTES);
    return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
  }

  void setNotes(String notes) throws IOException, Refused {
    Path file = folder.resolve(NOTES);
    if (!Files.isDirectory(folder)) {
      throw Refused.badRequest(
          "failed to set group notes - \"mkstemp "
              + file
              + ".tmp_XXXXXX failed: "
              + Datastore.ENOENT
              + "\"");
    }
    AtomicFiles.replace(file, notes.getBytes(StandardCharsets.UTF_8), false);
  }
}
