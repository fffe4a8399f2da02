package org.qmpbs.e2e.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.qmpbs.chunker.Blob;

/**
 * Reads and rewrites {@code index.json.blob}. The server adds to {@code unprotected} only, and
 * writes the whole document anew: keys sorted, two blanks of indentation, as the golden files are.
 */
final class Manifests {
  static final String NAME = "index.json.blob";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> FIELDS =
      List.of("backup-type", "backup-id", "backup-time", "files");
  private static final List<String> FILE_FIELDS = List.of("filename", "size", "csum");
  private static final List<String> KNOWN =
      List.of("backup-type", "backup-id", "backup-time", "files", "signature", "unprotected");

  private Manifests() {}

  /**
   * A manifest as it lies on disk.
   *
   * @param document with at least the fields that every manifest has
   * @param encodedSize of the blob in bytes
   */
  record Loaded(ObjectNode document, long encodedSize) {
    /** Free for everybody to write into, an empty object if nobody did. */
    JsonNode unprotected() {
      return document.path("unprotected");
    }

    /** When the last verification began, in seconds since 1970. */
    Optional<Long> verifiedAt() {
      return Upid.parse(unprotected().path("verify_state").path("upid").asText())
          .map(Upid::startTime);
    }

    boolean failedVerification() {
      return unprotected().path("verify_state").path("state").asText().equals("failed");
    }
  }

  static Loaded load(Path snapshot) throws IOException, Refused {
    Path path = snapshot.resolve(NAME);
    RawBlob blob;
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
      blob = RawBlob.parse(bytes);
      blob.verifyCrc();
    } catch (NoSuchFileException e) {
      throw unreadable(path, Datastore.NO_SUCH_FILE);
    } catch (Refused e) {
      throw unreadable(path, e.text());
    }
    return new Loaded(parse(blob.decode(Blob.MAX_BLOB)), bytes.length);
  }

  private static Refused unreadable(Path path, String reason) {
    return Refused.badRequest("unable to load blob '\"" + path + "\"' - " + reason);
  }

  private static ObjectNode parse(byte[] text) throws IOException, Refused {
    JsonNode document;
    try {
      document = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw Refused.badRequest(JsonText.serdeMessage(e, new String(text, StandardCharsets.UTF_8)));
    }
    if (!(document instanceof ObjectNode manifest)) {
      throw Refused.badRequest("invalid type: expected struct BackupManifest");
    }
    for (String field : FIELDS) {
      requireField(manifest, field);
    }
    for (JsonNode file : manifest.path("files")) {
      for (String field : FILE_FIELDS) {
        requireField(file, field);
      }
    }
    return manifest;
  }

  private static void requireField(JsonNode object, String field) throws Refused {
    if (!object.has(field)) {
      throw Refused.badRequest("missing field `" + field + "`");
    }
  }

  /** Changes {@code unprotected} and replaces the file. */
  static void update(Path snapshot, Consumer<ObjectNode> change) throws IOException, Refused {
    Loaded loaded = load(snapshot);
    ObjectNode manifest = JSON.createObjectNode();
    for (String field : KNOWN) {
      JsonNode value = loaded.document().get(field);
      manifest.set(field, value == null ? NullNode.getInstance() : value);
    }
    if (!(manifest.get("unprotected") instanceof ObjectNode)) {
      manifest.set("unprotected", JSON.createObjectNode());
    }
    change.accept((ObjectNode) manifest.get("unprotected"));
    byte[] text = write(manifest);
    AtomicFiles.replace(snapshot.resolve(NAME), Blob.encode(text, 0, text.length), true);
  }

  /** The bytes that the real server would write for this document. */
  static byte[] write(JsonNode manifest) throws JsonProcessingException {
    return writer().writeValueAsBytes(JSON.treeToValue(manifest, TreeMap.class));
  }

  private static ObjectWriter writer() {
    Separators separators =
        Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    return JSON.writer(
            new DefaultPrettyPrinter(separators)
                .withObjectIndenter(indenter)
                .withArrayIndenter(indenter))
        .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
  }

  static ObjectNode statistics(Map<String, Long> numbers) {
    ObjectNode node = JSON.createObjectNode();
    numbers.forEach(node::put);
    return node;
  }
}
