package org.qmpbs.pbs.key;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * Writes files that only their owner may read: the mode is set when the file is created, before it
 * has a byte. A file that is replaced is at any time the old one or the new one, also after a
 * crash: the new one is complete on the disk before it gets the name.
 */
public final class SecretFiles {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private SecretFiles() {}

  /**
   * Writes a new file.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is one; it is left as it is
   */
  public static void create(Path file, byte[] content) throws IOException {
    writeNew(file, content);
    syncDirectory(file);
  }

  /** Writes a file, in place of the one there, if any. A symbolic link goes on to lead to it. */
  public static void replace(Path file, byte[] content) throws IOException {
    Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file;
    Path fresh =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    writeNew(fresh, content);
    try {
      Files.move(fresh, target, ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
    syncDirectory(target);
  }

  private static void writeNew(Path file, byte[] content) throws IOException {
    FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), OWNER_ONLY);
    try (channel) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    } catch (IOException e) {
      // It is ours: CREATE_NEW made it.
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** The name, too, has to survive a crash. */
  private static void syncDirectory(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
