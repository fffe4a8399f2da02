package org.qmpbs.client.backup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.UnsupportedDataException;
import org.qmpbs.client.backup.SnapshotRecord.RecordedDisk;

/**
 * Writes and reads {@link SnapshotRecord} as JSON.
 *
 * <pre>
 * {"version":1, "product":"qmpbs", "target":"0123456789abcdef", "qemu":"7.2.22",
 *  "machine":{"uuid":"…", "name":"…"},
 *  "disks":[{"name":"scsi0", "archive":"drive-scsi0.img.fidx", "size":4194304,
 *            "bitmap":"qmpbs:0123456789abcdef:1700000000:fedcba9876543210", "stored":true,
 *            "backing":"", "format":"qcow2"}]}
 * </pre>
 *
 * Unknown fields are allowed, so that a later minor version can add some. A higher {@code version}
 * means that the known fields changed their meaning; that is "too new", never "damaged". Everything
 * is bounded before it is looked at.
 */
final class SnapshotRecordCodec {
  /** A record of a thousand disks has a quarter of this. */
  static final int MAX_BYTES = 1 << 20;

  private static final int VERSION = 1;
  private static final String PRODUCT = "qmpbs";
  private static final String WHAT = "record of the snapshot (" + SnapshotRecord.FILE_NAME + ")";
  private static final int MAX_DEPTH = 16;
  private static final int MAX_TEXT = 4096;
  private static final Pattern TARGET = Pattern.compile("[0-9a-f]{16}");

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxDocumentLength(MAX_BYTES)
                          .maxStringLength(MAX_TEXT)
                          .maxNameLength(MAX_TEXT)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SnapshotRecordCodec() {}

  /** The blob's plain content. */
  static byte[] encode(SnapshotRecord snapshotRecord) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", VERSION).put("product", PRODUCT).put("target", snapshotRecord.target());
    root.put("qemu", snapshotRecord.qemuVersion());
    root.putObject("machine")
        .put("uuid", snapshotRecord.machineUuid())
        .put("name", snapshotRecord.machineName());
    for (RecordedDisk disk : snapshotRecord.disks()) {
      root.withArray("/disks")
          .addObject()
          .put("name", disk.name())
          .put("archive", disk.archive())
          .put("size", disk.size())
          .put("bitmap", disk.bitmap().text())
          .put("stored", disk.bitmapStored())
          .put("backing", disk.backing())
          .put("format", disk.format());
    }
    return JSON.writeValueAsBytes(root);
  }

  /**
   * Reads the blob's plain content.
   *
   * @throws CorruptDataException if it breaks a rule
   * @throws UnsupportedDataException if a newer version of this program wrote it
   */
  static SnapshotRecord decode(byte[] content)
      throws CorruptDataException, UnsupportedDataException {
    if (content.length > MAX_BYTES) {
      throw new CorruptDataException(
          WHAT, MAX_BYTES, "expected at most " + MAX_BYTES + " bytes, found " + content.length);
    }
    JsonNode root = parse(content);
    require(root.isObject(), "/", "an object", root);
    String product = text(root, "/", "product");
    require(PRODUCT.equals(product), "/product", "'" + PRODUCT + "'", root.get("product"));
    long version = number(root, "/", "version");
    if (version > VERSION) {
      throw new UnsupportedDataException(
          "the "
              + WHAT
              + " has version "
              + version
              + ", this program knows "
              + VERSION
              + "; a newer one wrote it");
    }
    require(version == VERSION, "/version", "1", root.get("version"));
    String target = text(root, "/", "target");
    require(TARGET.matcher(target).matches(), "/target", "16 hex digits", root.get("target"));
    JsonNode machine = child(root, "/", "machine");
    require(machine.isObject(), "/machine", "an object", machine);
    return new SnapshotRecord(
        target,
        disks(root, target),
        text(machine, "/machine/", "uuid"),
        text(machine, "/machine/", "name"),
        text(root, "/", "qemu"));
  }

  private static JsonNode parse(byte[] content) throws CorruptDataException {
    try {
      return JSON.readTree(content);
    } catch (JsonProcessingException e) {
      JsonLocation location = e.getLocation();
      long offset = location == null ? 0 : Math.max(0, location.getByteOffset());
      throw new CorruptDataException(
          WHAT, offset, "expected JSON, found: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new CorruptDataException(WHAT, 0, "expected JSON, found: " + e.getMessage());
    }
  }

  private static List<RecordedDisk> disks(JsonNode root, String target)
      throws CorruptDataException {
    JsonNode array = child(root, "/", "disks");
    require(array.isArray() && !array.isEmpty(), "/disks", "an array that is not empty", array);
    List<RecordedDisk> disks = new ArrayList<>();
    Set<String> archives = new HashSet<>();
    for (int i = 0; i < array.size(); i++) {
      String at = "/disks/" + i + "/";
      JsonNode entry = array.get(i);
      require(entry.isObject(), at, "an object", entry);
      RecordedDisk disk = disk(entry, at, target);
      require(archives.add(disk.archive()), at + "archive", "a new name", entry.get("archive"));
      disks.add(disk);
    }
    return disks;
  }

  private static RecordedDisk disk(JsonNode entry, String at, String target)
      throws CorruptDataException {
    String archive = text(entry, at, "archive");
    require(archive.endsWith(".fidx"), at + "archive", "a name with .fidx", entry.get("archive"));
    long size = number(entry, at, "size");
    require(size > 0, at + "size", "at least 1", entry.get("size"));
    EpochName bitmap =
        EpochName.parse(text(entry, at, "bitmap"))
            .filter(epoch -> epoch.target().equals(target))
            .orElse(null);
    if (bitmap == null) {
      throw broken(at + "bitmap", "a bitmap of target " + target, entry.get("bitmap"));
    }
    // The first versions did not write it, and stored a bitmap wherever that was possible.
    JsonNode stored = entry.path("stored");
    require(stored.isMissingNode() || stored.isBoolean(), at + "stored", "true or false", stored);
    // Nor this; then a disk with backing files is not as recorded, and is read in full.
    JsonNode backing = entry.path("backing");
    require(backing.isMissingNode() || backing.isTextual(), at + "backing", "a text", backing);
    return new RecordedDisk(
        text(entry, at, "name"),
        archive,
        size,
        bitmap,
        stored.asBoolean(true),
        backing.asText(""),
        text(entry, at, "format"));
  }

  private static JsonNode child(JsonNode parent, String at, String field)
      throws CorruptDataException {
    JsonNode node = parent.get(field);
    if (node == null) {
      throw new CorruptDataException(WHAT, 0, "expected the field " + at + field + ", found none");
    }
    return node;
  }

  private static String text(JsonNode parent, String at, String field) throws CorruptDataException {
    JsonNode node = child(parent, at, field);
    require(node.isTextual(), at + field, "a text", node);
    return node.textValue();
  }

  private static long number(JsonNode parent, String at, String field) throws CorruptDataException {
    JsonNode node = child(parent, at, field);
    require(node.isIntegralNumber() && node.canConvertToLong(), at + field, "an integer", node);
    return node.longValue();
  }

  private static void require(boolean rule, String at, String expected, JsonNode found)
      throws CorruptDataException {
    if (!rule) {
      throw broken(at, expected, found);
    }
  }

  private static CorruptDataException broken(String at, String expected, JsonNode found) {
    String shown = found.toString();
    int most = 80;
    return new CorruptDataException(
        WHAT,
        0,
        "at "
            + at
            + ": expected "
            + expected
            + ", found "
            + (shown.length() > most ? shown.substring(0, most) + "…" : shown));
  }
}
