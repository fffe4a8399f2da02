package org.qmpbs.e2e.server;

import java.util.Locale;

/** A backup group: {@code type/id} in a namespace. */
record GroupName(Namespace namespace, String type, String id) {
  /** As the server's messages print it. */
  String debug(String store) {
    return "BackupGroup { store: \""
        + store
        + "\", ns: "
        + namespace.debug()
        + ", group: "
        + debugGroup()
        + " }";
  }

  String debugGroup() {
    String variant = type.substring(0, 1).toUpperCase(Locale.ROOT) + type.substring(1);
    return "BackupGroup { ty: " + variant + ", id: \"" + id + "\" }";
  }

  @Override
  public String toString() {
    return type + "/" + id;
  }
}
