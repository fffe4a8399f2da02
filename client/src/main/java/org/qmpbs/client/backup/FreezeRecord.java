package org.qmpbs.client.backup;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * {@code freeze} in the directory of a run: written, and on the disk, before the guest's agent is
 * asked to freeze, and deleted when it has thawed. The directory of a dead run that has one may
 * have left a guest with frozen file systems; where its agent is, it says.
 *
 * @param agentSocket absolute
 */
record FreezeRecord(Path agentSocket) {
  static final String FILE_NAME = "freeze";

  /** Paths have at most 4096 bytes; JSON may escape each. */
  private static final int MAX_SIZE = 32 << 10;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  static Path in(Path directory) {
    return directory.resolve(FILE_NAME);
  }

  /** Writes it; returns when a crash of the host could not lose it any more. */
  void write(Path directory) throws IOException {
    boolean written = false;
    try {
      writeDurably(directory);
      written = true;
    } finally {
      if (!written) {
        Files.deleteIfExists(in(directory));
      }
    }
  }

  private void writeDurably(Path directory) throws IOException {
    ObjectNode node = MAPPER.createObjectNode().put("agent_socket", agentSocket.toString());
    ByteBuffer bytes = ByteBuffer.wrap((node + "\n").getBytes(StandardCharsets.UTF_8));
    try (FileChannel file =
        FileChannel.open(
            in(directory),
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    try (FileChannel name = FileChannel.open(directory, StandardOpenOption.READ)) {
      name.force(true);
    }
  }

  /**
   * The record of a run, or empty. One that is not complete was not on the disk yet, so nothing had
   * been frozen.
   */
  static Optional<FreezeRecord> read(Path directory) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MAX_SIZE);
    Path path = in(directory);
    if (!Files.isRegularFile(path, NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (FileChannel file =
        FileChannel.open(path, Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS))) {
      int count = 0;
      while (bytes.hasRemaining() && count >= 0) {
        count = file.read(bytes);
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    if (!text.endsWith("\n")) {
      return Optional.empty();
    }
    try {
      JsonNode socket = MAPPER.readTree(text).path("agent_socket");
      return socket.isTextual() && !socket.asText().isEmpty()
          ? Optional.of(new FreezeRecord(Path.of(socket.asText())))
          : Optional.empty();
    } catch (com.fasterxml.jackson.core.JsonProcessingException | InvalidPathException e) {
      return Optional.empty();
    }
  }
}
