package org.qmpbs.pbs;

/**
 * A namespace of a datastore: up to 8 safe ids joined with '/', empty for the root.
 *
 * @param path the joined ids
 */
public record Namespace(String path) {
  /** The root of the datastore. */
  public static final Namespace ROOT = new Namespace("");

  /** Deepest nesting the server allows (docs/protocol.md, "Names"). */
  private static final int MAX_DEPTH = 8;

  /** Rejects paths that the server would reject. */
  public Namespace {
    if (!path.isEmpty()) {
      String[] parts = path.split("/", -1);
      if (parts.length > MAX_DEPTH) {
        throw new IllegalArgumentException(
            "namespace '" + path + "' has " + parts.length + " levels, 8 are allowed");
      }
      for (String part : parts) {
        Names.requireSafeId("namespace", part);
      }
    }
  }

  /** Whether this is the root. */
  public boolean isRoot() {
    return path.isEmpty();
  }

  /**
   * The namespace that this one is in.
   *
   * @throws IllegalArgumentException if it is the root
   */
  public Namespace parent() {
    requireNotRoot();
    return new Namespace(path.substring(0, Math.max(0, path.lastIndexOf('/'))));
  }

  /**
   * Its last id.
   *
   * @throws IllegalArgumentException if it is the root
   */
  public String name() {
    requireNotRoot();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private void requireNotRoot() {
    if (isRoot()) {
      throw new IllegalArgumentException("the root namespace is always there and is in no other");
    }
  }

  @Override
  public String toString() {
    return path;
  }
}
