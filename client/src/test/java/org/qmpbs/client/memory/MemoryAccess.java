package org.qmpbs.client.memory;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.qmpbs.pbs.Access;
import org.qmpbs.pbs.Fingerprint;
import org.qmpbs.pbs.Namespace;

/** Rights in memory; those of DatastoreBackup unless changed. */
public final class MemoryAccess implements Access {
  /** What the server says. */
  public Set<String> privileges = Set.of("Datastore.Backup");

  /** What it says first, once each. */
  public java.util.Deque<IOException> failures = new java.util.ArrayDeque<>();

  /** What looking for the namespace fails with, or null. */
  public IOException missing;

  @Override
  public Optional<Fingerprint> certificate() {
    return Optional.of(Fingerprint.parse("aa:".repeat(31) + "bb"));
  }

  @Override
  public Set<String> privileges(Namespace namespace) throws IOException {
    if (!failures.isEmpty()) {
      throw failures.pop();
    }
    return privileges;
  }

  @Override
  public void requireNamespace(Namespace namespace) throws IOException {
    if (missing != null) {
      throw missing;
    }
  }
}
