package org.qmpbs.client.bitmap;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Where a repair keeps what it replaces, if the user does not say. */
public final class SideFiles {
  /** Without colons, which some file systems do not take. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private SideFiles() {}

  /**
   * Next to an image that is a file; in the working directory for a device, for {@code /dev} is in
   * memory and gone after a restart of the host.
   */
  public static Path of(Path image, Clock clock) {
    String name =
        image.toAbsolutePath().getFileName() + ".qmpbs-repair-" + TIME.format(clock.instant());
    return Files.isRegularFile(image)
        ? image.toAbsolutePath().resolveSibling(name)
        : Path.of("").toAbsolutePath().resolve(name);
  }
}
