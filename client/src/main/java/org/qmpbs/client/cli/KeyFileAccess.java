package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.qmpbs.client.progress.Progress;

/**
 * Who else can have a key. It is a warning, not a refusal as with ssh: the snapshot that is to be
 * read may be needed now.
 */
final class KeyFileAccess {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private KeyFileAccess() {}

  /** Warns if others than its owner may read or exchange {@code file}. */
  static void check(Path file, Progress progress) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.stream().anyMatch(OTHERS::contains)) {
      progress.warn(
          "key file "
              + file
              + " is open to others than its owner ("
              + PosixFilePermissions.toString(permissions)
              + "): chmod 600 "
              + file);
    }
  }
}
