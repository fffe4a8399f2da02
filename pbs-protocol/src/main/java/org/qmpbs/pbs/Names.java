package org.qmpbs.pbs;

import java.util.regex.Pattern;

/** The alphabet of names that go into paths of the datastore (docs/protocol.md, "Names"). */
final class Names {
  private static final Pattern SAFE_ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

  private Names() {}

  static boolean isSafeId(String name) {
    return SAFE_ID.matcher(name).matches();
  }

  static void requireSafeId(String what, String name) {
    if (!isSafeId(name)) {
      throw new IllegalArgumentException(
          what
              + " '"
              + name
              + "' may have letters, digits, '_', '.' and '-' only, and not start with '.' or '-'");
    }
  }
}
