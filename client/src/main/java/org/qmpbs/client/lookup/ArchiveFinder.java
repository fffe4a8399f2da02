package org.qmpbs.client.lookup;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;

/**
 * Finds an archive by the name a user types: exactly as the manifest has it, or without the
 * extension that the server adds ({@code drive-scsi0.img} for {@code drive-scsi0.img.fidx}).
 */
public final class ArchiveFinder {
  private static final List<String> EXTENSIONS = List.of("", ".fidx", ".blob", ".img.fidx");

  private ArchiveFinder() {}

  /**
   * The archive that {@code name} means.
   *
   * @throws NotInDatastoreException if there is none; lists those that are there
   */
  public static ManifestFile find(Manifest manifest, String name) throws NotInDatastoreException {
    Optional<ManifestFile> found = lookUp(manifest, name);
    if (found.isPresent()) {
      return found.get();
    }
    String names =
        manifest.files().stream().map(ManifestFile::name).collect(Collectors.joining(", "));
    throw new NotInDatastoreException(
        "snapshot " + manifest.snapshot() + " has no archive '" + name + "'",
        names.isEmpty() ? "The snapshot has no archives." : "It has: " + names + ".");
  }

  /** The archive that {@code name} means, if there is one. */
  public static Optional<ManifestFile> lookUp(Manifest manifest, String name) {
    return EXTENSIONS.stream().flatMap(each -> manifest.file(name + each).stream()).findFirst();
  }
}
