package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.KeyFingerprint;

/** The server's lists of snapshots and files; fields it leaves out stay unknown. */
final class SnapshotListing {
  private static final Comparator<SnapshotInfo> BY_GROUP_AND_TIME =
      Comparator.comparing((SnapshotInfo info) -> info.snapshot().group().toString())
          .thenComparing(info -> info.snapshot().time());

  private SnapshotListing() {}

  static List<SnapshotInfo> snapshots(JsonNode data) throws BadAnswerException {
    requireArray("snapshots", data);
    List<SnapshotInfo> infos = new ArrayList<>();
    for (JsonNode row : data) {
      infos.add(snapshot(row));
    }
    infos.sort(BY_GROUP_AND_TIME);
    return infos;
  }

  private static SnapshotInfo snapshot(JsonNode row) throws BadAnswerException {
    Snapshot snapshot;
    try {
      snapshot =
          new Snapshot(
              new BackupGroup(
                  BackupType.parse(row.path("backup-type").asText()),
                  row.path("backup-id").asText()),
              row.path("backup-time").asLong());
    } catch (IllegalArgumentException e) {
      throw new BadAnswerException("snapshots", "expected a snapshot: " + e.getMessage(), e);
    }
    JsonNode files = row.path("files");
    return new SnapshotInfo(
        snapshot,
        row.path("size").asLong(0),
        files.isArray() ? files("snapshots", files) : List.of(),
        text(row.path("owner")),
        row.path("protected").asBoolean(false),
        text(row.path("verification").path("state")),
        text(row.path("comment")),
        text(row.path("verification").path("upid")),
        fingerprint(row.path("fingerprint")));
  }

  /** Whatever it is, it must not hide the whole list. */
  private static @Nullable KeyFingerprint fingerprint(JsonNode found) {
    try {
      return found.isTextual() ? KeyFingerprint.parse(found.textValue()) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  static List<SnapshotInfo.FileInfo> files(String what, JsonNode data) throws BadAnswerException {
    requireArray(what, data);
    List<SnapshotInfo.FileInfo> files = new ArrayList<>();
    for (JsonNode row : data) {
      String name = text(row.path("filename"));
      if (name == null || !Names.isSafeId(name)) {
        throw new BadAnswerException(what, "expected a file's name, found '" + name + "'");
      }
      files.add(
          new SnapshotInfo.FileInfo(
              name, cryptMode(row.path("crypt-mode")), row.path("size").asLong(-1)));
    }
    return files;
  }

  /** A mode of a later version must not hide the whole list. */
  private static @Nullable CryptMode cryptMode(JsonNode mode) {
    for (CryptMode known : CryptMode.values()) {
      if (known.id().equals(mode.textValue())) {
        return known;
      }
    }
    return null;
  }

  private static @Nullable String text(JsonNode node) {
    return node.textValue();
  }

  private static void requireArray(String what, JsonNode data) throws BadAnswerException {
    if (!data.isArray()) {
      throw new BadAnswerException(what, "expected a list, found " + data.getNodeType());
    }
  }
}
