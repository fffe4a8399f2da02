package org.qmpbs.pbs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** Files that a real server wrote; snapshot folders have no colons, because of Windows. */
public final class Golden {
  static final Snapshot PLAIN = Snapshot.parse("vm/plain/2023-11-14T22:13:20Z");

  /** Folder of each manifest. */
  static final Map<String, Snapshot> SNAPSHOTS =
      Map.of(
          "vm/plain/2023-11-14T221320Z", PLAIN,
          "vm/plain/2023-11-14T221500Z", Snapshot.parse("vm/plain/2023-11-14T22:15:00Z"),
          "vm/encrypted/2023-11-14T221320Z", Snapshot.parse("vm/encrypted/2023-11-14T22:13:20Z"),
          "vm/encrypted/2023-11-14T221500Z", Snapshot.parse("vm/encrypted/2023-11-14T22:15:00Z"),
          "vm/signed/2023-11-14T221320Z", Snapshot.parse("vm/signed/2023-11-14T22:13:20Z"),
          "ns/a/ns/b/vm/nested/2023-11-14T221320Z",
              Snapshot.parse("vm/nested/2023-11-14T22:13:20Z"));

  private Golden() {}

  public static byte[] read(String path) {
    try (InputStream in = Golden.class.getResourceAsStream("golden/" + path)) {
      if (in == null) {
        throw new IllegalStateException("no golden file " + path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A file of the first plain snapshot. */
  static byte[] plain(String name) {
    return read("vm/plain/2023-11-14T221320Z/" + name);
  }
}
