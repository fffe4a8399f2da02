package org.qmpbs.e2e.server;

import java.util.List;
import java.util.regex.Pattern;

/** The forms of names that every part of the server checks (docs/protocol.md, "Names"). */
final class Names {
  static final String SAFE_ID = "[A-Za-z0-9_][A-Za-z0-9._-]*";
  static final Pattern SAFE_ID_PATTERN = Pattern.compile(SAFE_ID);
  static final Pattern DIGEST_PATTERN = Pattern.compile("[a-f0-9]{64}");

  /** What counts as a file of a snapshot. */
  static final Pattern BACKUP_FILE = Pattern.compile(".*\\.(?:[fd]idx|blob)");

  /** A snapshot's folder. */
  static final Pattern BACKUP_DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z");

  static final List<String> TYPES = List.of("vm", "ct", "host");

  private Names() {}
}
