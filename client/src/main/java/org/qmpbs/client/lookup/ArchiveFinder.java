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
    for (String extension : EXTENSIONS) {
      Optional<ManifestFile> file = manifest.file(name + extension);
      if (file.isPresent()) {
        return file.get();
      }
    }
    String names =
        manifest.files().stream().map(ManifestFile::name).collect(Collectors.joining(", "));
    throw new NotInDatastoreException(
        "snapshot " + manifest.snapshot() + " has no archive '" + name + "'",
        names.isEmpty() ? "The snapshot has no archives." : "It has: " + names + ".");
  }
}
