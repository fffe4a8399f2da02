package org.qmpbs.e2e.server;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a task: {@code UPID:node:pid:pstart:task:starttime:type:id:authId:}, numbers in
 * hexadecimal.
 *
 * @param processStart in clock ticks since the machine's start
 * @param startTime in seconds since 1970
 * @param id what the task works on, empty if it is on nothing in particular
 */
record Upid(
    String node,
    long pid,
    long processStart,
    long taskId,
    long startTime,
    String type,
    String id,
    String authId) {
  static final Pattern PATTERN =
      Pattern.compile(
          "UPID:(?<node>[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):(?<pid>[0-9A-Fa-f]{8}):"
              + "(?<pstart>[0-9A-Fa-f]{8,9}):(?<task>[0-9A-Fa-f]{8,16}):(?<start>[0-9A-Fa-f]{8}):"
              + "(?<type>[^:\\s]+):(?<id>[^:\\s]*):(?<auth>[^:\\s]+):");

  private static final Pattern ESCAPE = Pattern.compile("\\\\x([0-9a-fA-F]{2})|-");

  static Optional<Upid> parse(String text) {
    Matcher matcher = PATTERN.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new Upid(
                matcher.group("node"),
                hex(matcher, "pid"),
                hex(matcher, "pstart"),
                Long.parseUnsignedLong(matcher.group("task"), 16),
                hex(matcher, "start"),
                matcher.group("type"),
                unescape(matcher.group("id")),
                matcher.group("auth")))
        : Optional.empty();
  }

  private static long hex(Matcher matcher, String group) {
    return Long.parseLong(matcher.group(group), 16);
  }

  @Override
  public String toString() {
    return String.format(
        "UPID:%s:%08X:%08X:%08X:%08X:%s:%s:%s:",
        node, pid, processStart, taskId, startTime, type, escape(id), authId);
  }

  /** As systemd escapes names of units: slashes become dashes, most of the rest hexadecimal. */
  private static String escape(String id) {
    StringBuilder escaped = new StringBuilder();
    for (byte octet : id.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean first = escaped.isEmpty();
      if (c == '/') {
        escaped.append('-');
      } else if (c < 128 && (Character.isLetterOrDigit(c) || c == '_' || (c == '.' && !first))) {
        escaped.append(c);
      } else {
        escaped.append(String.format("\\x%02x", (int) c));
      }
    }
    return escaped.toString();
  }

  /** Octets that are not ASCII do not occur in names. */
  private static String unescape(String id) {
    return ESCAPE
        .matcher(id)
        .replaceAll(
            match ->
                match.group(1) == null
                    ? "/"
                    : Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(match.group(1), 16))));
  }
}
