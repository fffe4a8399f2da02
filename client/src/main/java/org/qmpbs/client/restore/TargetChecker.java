package org.qmpbs.client.restore;

import static org.qmpbs.client.restore.TargetException.Reason.EXISTS;
import static org.qmpbs.client.restore.TargetException.Reason.IN_USE;
import static org.qmpbs.client.restore.TargetException.Reason.UNUSABLE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether something may be written to, before anything is downloaded. An existing target
 * needs force; a target that a running QEMU has locked, or that this host uses, is refused even
 * then.
 */
final class TargetChecker {
  private final boolean force;
  private final DeviceUse deviceUse;

  TargetChecker(boolean force, DeviceUse deviceUse) {
    this.force = force;
    this.deviceUse = deviceUse;
  }

  /** Checks {@code target} for a file that is written beside it and renamed, or for a device. */
  Destination check(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    if (!Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      requireDirectory(absolute.getParent());
      return new Destination.ToFile(absolute, false);
    }
    if (!Files.exists(absolute)) {
      throw new TargetException(
          UNUSABLE, absolute + " is a link to nothing", "Remove the link, or choose another name.");
    }
    Path real = absolute.toRealPath();
    BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
    if (attributes.isDirectory()) {
      throw new TargetException(
          UNUSABLE,
          real + " is a directory",
          "Name a file in it, or use --all to restore all archives into it.");
    }
    boolean device = attributes.isOther() && isBlockDevice(real);
    if (attributes.isOther() && !device) {
      throw new TargetException(
          UNUSABLE,
          real + " is neither a regular file nor a block device",
          "Choose a file or a block device, or '-' for standard output.");
    }
    if (!force) {
      throw new TargetException(
          EXISTS,
          real + " exists",
          "Choose another name, or use --force to overwrite it"
              + (device ? "; all that is on the device will be lost." : "."));
    }
    Locks.refuseLocked(real);
    return device ? device(real) : new Destination.ToFile(real, true);
  }

  static void requireDirectory(@Nullable Path directory) throws TargetException {
    if (directory == null || !Files.isDirectory(directory)) {
      throw new TargetException(
          UNUSABLE, "there is no directory " + directory, "Create it first: mkdir -p " + directory);
    }
  }

  private static boolean isBlockDevice(Path path) throws IOException {
    // stat(2): the type is in the upper bits of the mode, S_IFBLK is 0060000.
    int mode = (Integer) Files.getAttribute(path, "unix:mode");
    return (mode & 0170000) == 0060000;
  }

  private Destination device(Path path) throws IOException {
    Optional<String> user = deviceUse.user(DeviceUse.numbers(path));
    if (user.isPresent()) {
      throw new TargetException(
          IN_USE,
          path + " is in use: " + user.get(),
          "Release the device, or restore to another one.");
    }
    return new Destination.ToDevice(path);
  }
}
