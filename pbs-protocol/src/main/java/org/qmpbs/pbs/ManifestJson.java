package org.qmpbs.pbs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.UnsupportedDataException;

/**
 * The manifest as a document. Everything that is relied upon is checked for its type, and names for
 * characters that could lead out of a folder; fields that came later are let pass.
 */
final class ManifestJson {
  private static final String WHAT = "manifest";

  private ManifestJson() {}

  static Manifest parse(byte[] json, Snapshot expected)
      throws CorruptDataException, UnsupportedDataException {
    ObjectNode root = readObject(json);
    return parse(root, expected)
        .vouchedBy(
            new Voucher(
                ManifestSignature.isSigned(root) ? Voucher.State.UNPROVEN : Voucher.State.UNSIGNED,
                ManifestSignature.keyFingerprint(root)));
  }

  static Manifest parse(byte[] json, Snapshot expected, EncryptionKey key)
      throws UnsignedManifestException,
          WrongKeyException,
          ForgedManifestException,
          CorruptDataException,
          UnsupportedDataException {
    ObjectNode root = readObject(json);
    ManifestSignature.verify(root, key);
    return parse(root, expected)
        .vouchedBy(new Voucher(Voucher.State.PROVEN, Optional.of(key.fingerprint())));
  }

  private static Manifest parse(ObjectNode root, Snapshot expected)
      throws CorruptDataException, UnsupportedDataException {
    Manifest manifest = parse(root);
    if (!manifest.snapshot().equals(expected)) {
      throw corrupt("expected the manifest of " + expected + ", found " + manifest.snapshot());
    }
    return manifest;
  }

  private static Manifest parse(ObjectNode root)
      throws CorruptDataException, UnsupportedDataException {
    Snapshot snapshot = readSnapshot(root);
    JsonNode files = root.get("files");
    if (files == null || !files.isArray()) {
      throw corrupt("expected the array 'files'");
    }
    List<ManifestFile> parsed = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonNode file : files) {
      ManifestFile entry = readFile("files[" + parsed.size() + "]", file);
      if (!names.add(entry.name())) {
        throw corrupt("expected each file once, found '" + entry.name() + "' twice");
      }
      parsed.add(entry);
    }
    return new Manifest(snapshot, parsed);
  }

  static ObjectNode readObject(byte[] json) throws CorruptDataException {
    JsonNode root = readTree(json);
    if (root instanceof ObjectNode object) {
      return object;
    }
    throw corrupt("expected an object, found " + root.getNodeType());
  }

  private static JsonNode readTree(byte[] json) throws CorruptDataException {
    try {
      return Answers.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      long offset = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw new CorruptDataException(
          WHAT, offset, "expected JSON, found: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw corrupt("expected JSON, found: " + e.getMessage());
    }
  }

  private static Snapshot readSnapshot(JsonNode root) throws CorruptDataException {
    try {
      return new Snapshot(
          new BackupGroup(
              BackupType.parse(text(root, "", "backup-type")), text(root, "", "backup-id")),
          integer(root, "", "backup-time"));
    } catch (IllegalArgumentException e) {
      throw corrupt("expected a snapshot's name: " + e.getMessage());
    }
  }

  private static ManifestFile readFile(String path, JsonNode file)
      throws CorruptDataException, UnsupportedDataException {
    String name = text(file, path, "filename");
    if (!Names.isSafeId(name)) {
      throw corrupt("expected a plain file name in " + path + ", found '" + name + "'");
    }
    String mode = text(file, path, "crypt-mode");
    CryptMode cryptMode;
    try {
      cryptMode = CryptMode.parse(mode);
    } catch (IllegalArgumentException e) {
      throw new UnsupportedDataException(
          "the manifest protects '" + name + "' in a way this version does not know: " + mode);
    }
    long size = integer(file, path, "size");
    if (size < 0) {
      throw corrupt("expected a size in " + path + ", found " + size);
    }
    try {
      return new ManifestFile(name, cryptMode, size, Digest.parse(text(file, path, "csum")));
    } catch (IllegalArgumentException e) {
      throw corrupt("expected a checksum in " + path + ": " + e.getMessage());
    }
  }

  private static String text(JsonNode node, String path, String field) throws CorruptDataException {
    JsonNode value = node.get(field);
    if (value == null || !value.isTextual()) {
      throw corrupt(
          "expected the text '" + field + "' in " + place(path) + ", found " + kind(value));
    }
    return value.textValue();
  }

  private static long integer(JsonNode node, String path, String field)
      throws CorruptDataException {
    JsonNode value = node.get(field);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw corrupt(
          "expected the integer '" + field + "' in " + place(path) + ", found " + kind(value));
    }
    return value.longValue();
  }

  private static String kind(@Nullable JsonNode value) {
    return value == null ? "nothing" : value.getNodeType().toString();
  }

  private static String place(String path) {
    return path.isEmpty() ? "the document" : path;
  }

  static CorruptDataException corrupt(String reason) {
    return new CorruptDataException(WHAT, 0, reason);
  }

  static byte[] write(Manifest manifest) {
    return write(tree(manifest));
  }

  static byte[] write(Manifest manifest, EncryptionKey key) {
    ObjectNode root = tree(manifest);
    ManifestSignature.sign(root, key);
    return write(root);
  }

  private static ObjectNode tree(Manifest manifest) {
    Snapshot snapshot = manifest.snapshot();
    ObjectNode root = Answers.MAPPER.createObjectNode();
    root.put("backup-type", snapshot.group().type().id());
    root.put("backup-id", snapshot.group().id());
    root.put("backup-time", snapshot.time());
    ArrayNode files = root.putArray("files");
    for (ManifestFile file : manifest.files()) {
      files
          .addObject()
          .put("filename", file.name())
          .put("crypt-mode", file.cryptMode().id())
          .put("size", file.size())
          .put("csum", file.checksum().hex());
    }
    ObjectNode unprotected = root.putObject("unprotected");
    if (!manifest.notes().isEmpty()) {
      unprotected.put("notes", manifest.notes());
    }
    root.putNull("signature");
    return root;
  }

  private static byte[] write(ObjectNode root) {
    try {
      return Answers.MAPPER.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of texts and numbers can always be written", e);
    }
  }
}
