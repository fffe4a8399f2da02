package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.qmpbs.client.lookup.UnfinishedUpload;
import org.qmpbs.client.read.ByteRange;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;

/** JSON rows whose fields are called as the server's own interface calls them. */
final class Rows {
  private Rows() {}

  static void name(ObjectNode row, Snapshot snapshot) {
    name(row, snapshot.group());
    row.put("backup-time", snapshot.time());
  }

  static void name(ObjectNode row, BackupGroup group) {
    row.put("backup-type", group.type().id()).put("backup-id", group.id());
  }

  static void snapshot(ObjectNode row, SnapshotInfo info) {
    name(row, info.snapshot());
    row.put("size", info.size()).put("owner", info.owner()).put("protected", info.isProtected());
    if (info.verifyState() != null) {
      ObjectNode verification = row.putObject("verification").put("state", info.verifyState());
      if (info.verifyUpid() != null) {
        verification.put("upid", info.verifyUpid());
      }
    }
    if (info.comment() != null) {
      row.put("comment", info.comment());
    }
    if (info.fingerprint() != null) {
      row.put("fingerprint", info.fingerprint().toString());
    }
    if (UnfinishedUpload.is(info)) {
      row.put("unfinished", true);
    }
    files(row.putArray("files"), info.files());
  }

  static void files(ArrayNode rows, List<SnapshotInfo.FileInfo> files) {
    for (SnapshotInfo.FileInfo file : files) {
      ObjectNode row = rows.addObject().put("filename", file.name());
      if (file.cryptMode() != null) {
        row.put("crypt-mode", file.cryptMode().id());
      }
      if (file.size() >= 0) {
        row.put("size", file.size());
      }
    }
  }

  static void ranges(ArrayNode rows, List<ByteRange> ranges) {
    for (ByteRange range : ranges) {
      rows.addObject().put("offset", range.offset()).put("length", range.length());
    }
  }
}
