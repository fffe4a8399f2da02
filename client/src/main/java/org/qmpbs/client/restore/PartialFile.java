package org.qmpbs.client.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.qmpbs.qcow2.ImageLock;

/**
 * A file that gets its name when it is whole. It is written beside its target, on the same file
 * system, as {@code .<name>.qmpbs-partial-<random>}; {@link #publish} renames it.
 *
 * <p>A file that is to be replaced stays locked against every QEMU until then.
 *
 * <p>A new name is given by a hard link, because a rename would silently replace a file that
 * somebody made meanwhile. An image may hold every secret of a machine, so a new file is for its
 * owner only; one that replaces another takes over its owner, group and mode.
 */
final class PartialFile implements AutoCloseable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Path target;
  private final Path path;
  private final @Nullable ImageLock replaced;
  private boolean published;

  private PartialFile(Path target, Path path, @Nullable ImageLock replaced) {
    this.target = target;
    this.path = path;
    this.replaced = replaced;
  }

  /**
   * Creates an empty file beside {@code target}.
   *
   * @param target absolute path of the final file
   * @param replace whether {@code target} exists and is to be replaced
   */
  static PartialFile beside(Path target, boolean replace, RandomGenerator random)
      throws IOException {
    byte[] nonce = new byte[8];
    random.nextBytes(nonce);
    Path path =
        target.resolveSibling(
            "." + target.getFileName() + ".qmpbs-partial-" + HexFormat.of().formatHex(nonce));
    ImageLock lock = replace ? Locks.acquire(target, target) : null;
    try {
      Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      PartialFile partial = new PartialFile(target, path, lock);
      if (replace) {
        partial.takeOverOwner();
      }
      return partial;
    } catch (IOException e) {
      if (lock != null) {
        lock.close();
      }
      throw e;
    }
  }

  /** Where to write. */
  Path path() {
    return path;
  }

  /** Gives the file its name; the content must be on stable storage already. */
  void publish() throws IOException {
    if (replaced != null) {
      Files.setPosixFilePermissions(path, Files.getPosixFilePermissions(target));
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    } else {
      giveNewName();
    }
    published = true;
    syncDirectory();
  }

  private void giveNewName() throws IOException {
    try {
      Files.createLink(target, path);
      Files.delete(path);
    } catch (FileAlreadyExistsException e) {
      throw new TargetException(
          TargetException.Reason.EXISTS,
          target + " appeared while the image was being restored",
          "Choose another name, or use --force to replace it.",
          e);
    } catch (UnsupportedOperationException | IOException e) {
      // File systems without hard links: a rename, after one more look.
      if (Files.exists(target)) {
        throw e;
      }
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** At once and not at the end: a user who may not do this must learn it before the download. */
  private void takeOverOwner() throws IOException {
    PosixFileAttributes old = Files.readAttributes(target, PosixFileAttributes.class);
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    PosixFileAttributes own = view.readAttributes();
    try {
      if (!own.group().equals(old.group())) {
        view.setGroup(old.group());
      }
      if (!own.owner().equals(old.owner())) {
        view.setOwner(old.owner());
      }
    } catch (IOException e) {
      Files.delete(path);
      throw new TargetException(
          TargetException.Reason.UNUSABLE,
          target
              + " belongs to "
              + old.owner()
              + ":"
              + old.group()
              + ", which this user may not"
              + " give to a new file",
          "Run the command as root, or restore to another name.",
          e);
    }
  }

  private void syncDirectory() throws IOException {
    try (FileChannel directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /** Deletes the file if it was not published. Idempotent. */
  @Override
  public void close() throws IOException {
    try {
      if (!published) {
        Files.deleteIfExists(path);
      }
    } finally {
      if (replaced != null) {
        replaced.close();
      }
    }
  }
}
