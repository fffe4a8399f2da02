package org.qmpbs.e2e.server;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A namespace of a datastore; on disk every level is a folder below one called {@code ns}.
 *
 * @param names of the levels, none for the root
 */
record Namespace(List<String> names) {
  static final Namespace ROOT = new Namespace(List.of());

  /** Up to eight safe ids joined with slashes, or nothing (docs/protocol.md, "Names"). */
  static final Pattern PATTERN =
      Pattern.compile("(?:" + Names.SAFE_ID + "(?:/" + Names.SAFE_ID + "){0,7})?");

  /** Levels below the root. */
  static final int MAX_DEPTH = 7;

  Namespace {
    names = List.copyOf(names);
  }

  /** The text has been checked against {@link #PATTERN} already. */
  static Namespace of(String text) {
    return text.isEmpty() ? ROOT : new Namespace(List.of(text.split("/", -1)));
  }

  Path below(Path store) {
    Path path = store;
    for (String name : names) {
      path = path.resolve("ns").resolve(name);
    }
    return path;
  }

  /** The root has none. */
  Namespace parent() {
    return new Namespace(names.subList(0, names.size() - 1));
  }

  boolean isRoot() {
    return names.isEmpty();
  }

  /** {@code ns/a/ns/b}, the way to it in a datastore's folder. */
  String asPath() {
    return String.join("/", names.stream().map(name -> "ns/" + name).toList());
  }

  String aclPath(String store) {
    return "/datastore/" + store + (names.isEmpty() ? "" : "/" + this);
  }

  /** As the server's messages print it. */
  String debug() {
    return "BackupNamespace { inner: ["
        + String.join(", ", names.stream().map(name -> '"' + name + '"').toList())
        + "], len: "
        + toString().length()
        + " }";
  }

  @Override
  public String toString() {
    return String.join("/", names);
  }
}
