package org.qmpbs.client.backup;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.qmpbs.machine.ScratchFiles;

/**
 * {@code <parent>/qmpbs-<run>/}, mode 0700: the scratch files, the NBD socket, and {@code lock},
 * which is locked for as long as the run lives. The kernel drops the lock with the process, however
 * it ends, so a directory whose lock is free belongs to a dead run ({@link DeadRuns}).
 *
 * <p>Making and sweeping may meet: a sweep that gets the lock first deletes it, the maker then
 * finds that its lock file has gone and starts again under another name.
 *
 * <p>Where this program is root and QEMU is not, directory and files are given to QEMU's user,
 * which is the owner of its monitor socket; links are never followed on the way.
 */
final class RunDirectory implements AutoCloseable {
  /** The parent by default: on disk, and kept for longer than a boot. */
  static final Path DEFAULT_PARENT = Path.of("/var/tmp");

  static final String PREFIX = "qmpbs-";
  static final String LOCK = "lock";
  static final String IMAGE_ENDING = ".qcow2";
  static final String SOCKET = "nbd.sock";

  /** sun_path of sockaddr_un has 108 bytes, the last one is the terminator (unix(7)). */
  static final int MAX_SOCKET_PATH = 107;

  private static final int ATTEMPTS = 10;

  /**
   * Directories of runs in this process, by inode. Locks are the whole process's: whoever opens a
   * lock file here to try it drops the lock when it closes it again, so these are never tried.
   */
  private static final Set<Object> ALIVE_HERE = ConcurrentHashMap.newKeySet();

  private final RunId run;
  private final Path directory;
  private final @Nullable UserPrincipal owner;
  private final EmptyImages images;
  private final FileChannel lockFile;
  private final Object key;

  /** Writes empty qcow2 images. */
  @FunctionalInterface
  interface EmptyImages {
    /** Creates a new file at {@code path}; fails if there is one. */
    void create(Path path, long virtualSize) throws IOException;
  }

  private RunDirectory(
      RunId run,
      Path directory,
      @Nullable UserPrincipal owner,
      EmptyImages images,
      FileChannel lockFile,
      Object key) {
    this.run = run;
    this.directory = directory;
    this.owner = owner;
    this.images = images;
    this.lockFile = lockFile;
    this.key = key;
  }

  /**
   * Makes and locks a directory.
   *
   * @param parent where
   * @param monitor QEMU's monitor socket, whose owner is taken for QEMU's user
   */
  static RunDirectory create(Path parent, Path monitor, EmptyImages images, RandomGenerator random)
      throws ScratchException {
    Path absolute = parent.toAbsolutePath();
    requireShort(absolute);
    try {
      for (int i = 0; i < ATTEMPTS; i++) {
        RunId run = RunId.random(random);
        Path directory = absolute.resolve(PREFIX + run);
        if (Files.exists(directory, NOFOLLOW_LINKS)) {
          continue;
        }
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Object key = keyOf(directory);
        ALIVE_HERE.add(key);
        FileChannel lockFile = null;
        try {
          lockFile = lock(directory);
          if (lockFile != null) {
            return own(run, directory, monitor, images, lockFile, key);
          }
        } finally {
          if (lockFile == null || !lockFile.isOpen()) {
            ALIVE_HERE.remove(key);
          }
        }
      }
      throw new IOException("another process removes every directory made here");
    } catch (IOException e) {
      throw new ScratchException(
          "cannot make a directory for the backup's scratch files in "
              + absolute
              + ": "
              + reason(e),
          "Name a directory on a local disk that this user may write to with --scratch.",
          e);
    }
  }

  private static void requireShort(Path parent) throws ScratchException {
    Path socket = parent.resolve(PREFIX + "00000000").resolve(SOCKET);
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_SOCKET_PATH) {
      throw new ScratchException(
          "the scratch directory "
              + parent
              + " makes the path of a socket "
              + length
              + " bytes long; a unix socket's may have "
              + MAX_SOCKET_PATH,
          "Name a directory with a shorter path with --scratch.",
          null);
    }
  }

  private static @Nullable FileChannel lock(Path directory) throws IOException {
    FileChannel lockFile = null;
    boolean held = false;
    try {
      lockFile =
          FileChannel.open(
              directory.resolve(LOCK),
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, NOFOLLOW_LINKS),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      FileLock lock = lockFile.tryLock();
      held = lock != null && Files.exists(directory.resolve(LOCK), NOFOLLOW_LINKS);
      return held ? lockFile : null;
    } catch (NoSuchFileException e) {
      // Swept between making the directory and making the lock; the caller tries another name.
      return null;
    } finally {
      if (lockFile != null && !held) {
        lockFile.close();
      }
    }
  }

  private static RunDirectory own(
      RunId run, Path directory, Path monitor, EmptyImages images, FileChannel lockFile, Object key)
      throws IOException {
    boolean done = false;
    try {
      UserPrincipal us = Files.getOwner(directory, NOFOLLOW_LINKS);
      UserPrincipal qemu = Files.getOwner(monitor);
      boolean root = ((Integer) Files.getAttribute(directory, "unix:uid", NOFOLLOW_LINKS)) == 0;
      UserPrincipal owner = root && !us.equals(qemu) ? qemu : null;
      RunDirectory made = new RunDirectory(run, directory, owner, images, lockFile, key);
      made.give(directory);
      done = true;
      return made;
    } finally {
      if (!done) {
        lockFile.close();
        DeadRuns.remove(directory);
      }
    }
  }

  private void give(Path path) throws IOException {
    if (owner != null) {
      Files.getFileAttributeView(path, FileOwnerAttributeView.class, NOFOLLOW_LINKS)
          .setOwner(owner);
    }
  }

  /** The run's name. */
  RunId run() {
    return run;
  }

  /** Where everything lies. */
  Path path() {
    return directory;
  }

  /** Where QEMU makes its NBD socket. */
  Path nbdSocket() {
    return directory.resolve(SOCKET);
  }

  /** Makes scratch files here. */
  ScratchFiles scratchFiles() {
    return this::createScratch;
  }

  /** Bytes of all scratch files. They only grow. */
  long scratchBytes() throws IOException {
    long bytes = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + IMAGE_ENDING)) {
      for (Path file : files) {
        bytes += Files.size(file);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return bytes;
  }

  private Path createScratch(String name, long virtualSize) throws IOException {
    Path file = directory.resolve(name + IMAGE_ENDING);
    if (!file.normalize().equals(file) || !directory.equals(file.getParent())) {
      throw new IllegalArgumentException("'" + name + "' is not a plain name");
    }
    try {
      images.create(file, virtualSize);
      give(file);
    } catch (IOException e) {
      throw new ScratchException(
          "cannot make the scratch file " + file + ": " + reason(e),
          "See that the file system has room and takes files of this size.",
          e);
    }
    return file;
  }

  /**
   * Deletes the directory and everything in it, then releases the lock. The record of a freeze that
   * could not be undone stays, for the guard and the next run. Idempotent.
   */
  @Override
  public void close() throws IOException {
    if (lockFile.isOpen()) {
      try {
        if (Files.exists(FreezeRecord.in(directory), NOFOLLOW_LINKS)) {
          DeadRuns.removeButFreeze(directory);
        } else {
          DeadRuns.remove(directory);
        }
      } finally {
        lockFile.close();
        ALIVE_HERE.remove(key);
      }
    }
  }

  /** Whether a run of this very process has the directory. */
  static boolean isAliveHere(Path directory) throws IOException {
    return ALIVE_HERE.contains(keyOf(directory));
  }

  private static Object keyOf(Path directory) throws IOException {
    return Objects.requireNonNull(
        Files.readAttributes(directory, BasicFileAttributes.class, NOFOLLOW_LINKS).fileKey(),
        "a POSIX file system numbers its files");
  }

  /** Java's own messages are often a path and nothing else. */
  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such directory";
    }
    if (e instanceof AccessDeniedException) {
      return "this user may not write there";
    }
    return e instanceof FileSystemException named && named.getReason() != null
        ? named.getReason()
        : String.valueOf(e.getMessage());
  }
}
