package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers to the calls of {@link DatastoreAdmin}. */
final class AdminAnswers {
  private AdminAnswers() {}

  static List<GroupInfo> groups(JsonNode data) throws BadAnswerException {
    List<GroupInfo> groups = new ArrayList<>();
    for (JsonRow row : JsonRow.rows("groups", data)) {
      groups.add(
          new GroupInfo(
              row.group(),
              row.snapshot("last-backup"),
              row.natural("backup-count"),
              row.texts("files"),
              row.textOrNull("owner"),
              firstLine(row.textOrNull("comment"))));
    }
    groups.sort(Comparator.comparing(info -> info.group().toString()));
    return groups;
  }

  /** The server gives it with the end of the line, if there is another one behind it. */
  private static @Nullable String firstLine(@Nullable String comment) {
    return comment == null ? null : comment.lines().findFirst().orElse("");
  }

  /** Decisions on other groups would be a mix-up that a person has to hear of. */
  static List<PruneDecision> decisions(BackupGroup group, JsonNode data) throws BadAnswerException {
    List<PruneDecision> decisions = new ArrayList<>();
    for (JsonRow row : JsonRow.rows("prune", data)) {
      Snapshot snapshot = row.snapshot("backup-time");
      if (!snapshot.group().equals(group)) {
        throw new BadAnswerException(
            "prune", "expected snapshots of " + group + ", found " + snapshot);
      }
      decisions.add(new PruneDecision(snapshot, row.bool("keep"), row.boolOr("protected", false)));
    }
    decisions.sort(Comparator.comparing(decision -> decision.snapshot().time()));
    return decisions;
  }

  static List<Namespace> namespaces(JsonNode data) throws BadAnswerException {
    List<Namespace> namespaces = new ArrayList<>();
    for (JsonRow row : JsonRow.rows("namespaces", data)) {
      try {
        namespaces.add(new Namespace(row.text("ns")));
      } catch (IllegalArgumentException e) {
        throw new BadAnswerException("namespaces", "expected a namespace: " + e.getMessage(), e);
      }
    }
    namespaces.sort(Comparator.comparing(Namespace::path));
    return namespaces;
  }

  static ServerVersion version(JsonNode data) throws BadAnswerException {
    JsonRow row = JsonRow.of("version", data);
    String release = row.textOrNull("release");
    String repoid = row.textOrNull("repoid");
    return new ServerVersion(
        row.text("version"), release == null ? "" : release, repoid == null ? "" : repoid);
  }

  static Upid upid(String what, JsonNode data) throws BadAnswerException {
    try {
      return new Upid(text(what, data));
    } catch (IllegalArgumentException e) {
      throw new BadAnswerException(what, "expected a task: " + e.getMessage(), e);
    }
  }

  static String text(String what, JsonNode data) throws BadAnswerException {
    if (!data.isTextual()) {
      throw new BadAnswerException(what, "expected a text, found " + data.getNodeType());
    }
    return data.textValue();
  }

  static boolean bool(String what, JsonNode data) throws BadAnswerException {
    if (!data.isBoolean()) {
      throw new BadAnswerException(what, "expected a boolean, found " + data.getNodeType());
    }
    return data.booleanValue();
  }
}
