package org.qmpbs.pbs;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's name of one of its tasks: {@code UPID:node:pid:pstart:task:start:type:id:user:},
 * numbers in hexadecimal, the id escaped as systemd does ({@code \x3a} for a colon).
 *
 * @param text the whole name
 */
public record Upid(String text) {
  private static final Pattern FORM =
      Pattern.compile(
          "UPID:(?<node>[A-Za-z0-9][A-Za-z0-9-]{0,62}):(?<pid>[0-9A-Fa-f]{8})"
              + ":(?<pstart>[0-9A-Fa-f]{8,9}):(?<task>[0-9A-Fa-f]{8,16}):(?<start>[0-9A-Fa-f]{8})"
              + ":(?<type>[A-Za-z0-9._-]{1,64}):(?<id>[!-9;-~]{0,512}):(?<user>[!-9;-~]{1,256}):");

  private static final Pattern ESCAPE = Pattern.compile("\\\\x([0-9A-Fa-f]{2})");

  /** Rejects what is no name of a task, and what a request could not carry. */
  public Upid {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'"
              + text.replaceAll("\\p{Cntrl}", "?")
              + "' is not the name of a task; expected UPID:…, as qmpbs task list shows it");
    }
  }

  private Matcher parts() {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalStateException(text);
    }
    return matcher;
  }

  /** Name of the host that runs the server. */
  public String node() {
    return parts().group("node");
  }

  /** Process. */
  public long pid() {
    return Long.parseLong(parts().group("pid"), 16);
  }

  /** When the process was started, as the kernel counts. */
  public long pstart() {
    return Long.parseLong(parts().group("pstart"), 16);
  }

  /** When the task was started, to the second. */
  public Instant startTime() {
    return Instant.ofEpochSecond(Long.parseLong(parts().group("start"), 16));
  }

  /**
   * For instance {@code backup}, {@code prune}, {@code verify_group}, {@code garbage_collection}.
   */
  public String workerType() {
    return parts().group("type");
  }

  /** What it works on, for instance {@code store1:vm/100}. */
  public Optional<String> workerId() {
    String id = parts().group("id");
    return id.isEmpty() ? Optional.empty() : Optional.of(unescape(id));
  }

  /** User or token that started it. */
  public String authId() {
    return parts().group("user");
  }

  /** As systemd names units: a dash is a slash, and {@code \\xNN} a byte. */
  private static String unescape(String id) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Matcher escape = ESCAPE.matcher(id);
    int at = 0;
    while (escape.find()) {
      bytes.writeBytes(slashes(id.substring(at, escape.start())));
      bytes.write(Integer.parseInt(escape.group(1), 16));
      at = escape.end();
    }
    bytes.writeBytes(slashes(id.substring(at)));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static byte[] slashes(String part) {
    return part.replace('-', '/').getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return text;
  }
}
