package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One object of an answer, read by what is expected in it. What is required and missing, or of
 * another type, makes the answer unusable and says so; fields that nobody asks for are let pass, so
 * that a later server may add some. An optional field of another type counts as wrong, too:
 * guessing there would show a person something that the server did not say.
 *
 * @param what the call, for messages
 * @param node the object
 */
record JsonRow(String what, JsonNode node) {
  /** The only way in: a record's own check could not throw what callers of a server expect. */
  static JsonRow of(String what, JsonNode node) throws BadAnswerException {
    if (!node.isObject()) {
      throw new BadAnswerException(what, "expected an object, found " + kind(node));
    }
    return new JsonRow(what, node);
  }

  /** The objects of a list. */
  static List<JsonRow> rows(String what, JsonNode list) throws BadAnswerException {
    if (!list.isArray()) {
      throw new BadAnswerException(what, "expected a list, found " + kind(list));
    }
    List<JsonRow> rows = new ArrayList<>();
    for (JsonNode each : list) {
      rows.add(of(what, each));
    }
    return rows;
  }

  String text(String field) throws BadAnswerException {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw wrong("the text", field, value);
    }
    return value.textValue();
  }

  @Nullable String textOrNull(String field) throws BadAnswerException {
    return isAbsent(field) ? null : text(field);
  }

  long integer(String field) throws BadAnswerException {
    JsonNode value = node.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong("the integer", field, value);
    }
    return value.longValue();
  }

  /** A count or a size. */
  long natural(String field) throws BadAnswerException {
    long value = integer(field);
    if (value < 0) {
      throw new BadAnswerException(
          what, "expected '" + field + "' to be no less than 0, found " + value);
    }
    return value;
  }

  OptionalLong optionalInteger(String field) throws BadAnswerException {
    return isAbsent(field) ? OptionalLong.empty() : OptionalLong.of(integer(field));
  }

  boolean bool(String field) throws BadAnswerException {
    JsonNode value = node.path(field);
    if (!value.isBoolean()) {
      throw wrong("the boolean", field, value);
    }
    return value.booleanValue();
  }

  boolean boolOr(String field, boolean absent) throws BadAnswerException {
    return isAbsent(field) ? absent : bool(field);
  }

  Optional<JsonRow> optionalRow(String field) throws BadAnswerException {
    return isAbsent(field) ? Optional.empty() : Optional.of(of(what, node.path(field)));
  }

  /** Texts of a list that may be missing. */
  List<String> texts(String field) throws BadAnswerException {
    if (isAbsent(field)) {
      return List.of();
    }
    JsonNode list = node.path(field);
    if (!list.isArray()) {
      throw wrong("the list", field, list);
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode each : list) {
      if (!each.isTextual()) {
        throw wrong("texts in", field, each);
      }
      texts.add(each.textValue());
    }
    return texts;
  }

  BackupGroup group() throws BadAnswerException {
    try {
      return new BackupGroup(BackupType.parse(text("backup-type")), text("backup-id"));
    } catch (IllegalArgumentException e) {
      throw new BadAnswerException(what, "expected a group: " + e.getMessage(), e);
    }
  }

  Snapshot snapshot(String timeField) throws BadAnswerException {
    try {
      return new Snapshot(group(), integer(timeField));
    } catch (IllegalArgumentException e) {
      throw new BadAnswerException(what, "expected a snapshot: " + e.getMessage(), e);
    }
  }

  private boolean isAbsent(String field) {
    return !node.hasNonNull(field);
  }

  private BadAnswerException wrong(String type, String field, JsonNode found) {
    return new BadAnswerException(
        what, "expected " + type + " '" + field + "', found " + kind(found));
  }

  private static String kind(JsonNode node) {
    return node.getNodeType().toString().toLowerCase(Locale.ROOT);
  }
}
