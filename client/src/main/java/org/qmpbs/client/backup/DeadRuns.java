package org.qmpbs.client.backup;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells directories of dead runs from those of live ones, and removes the dead. Others may write to
 * the parent, so names have to match exactly, nothing is ever followed, and deleting goes through
 * open directories instead of paths: whatever is swapped meanwhile, nothing outside is touched.
 */
final class DeadRuns {
  private static final Pattern NAME = Pattern.compile(RunDirectory.PREFIX + "[0-9a-f]{8}");

  private DeadRuns() {}

  /** Whether the run that made {@code scratchFile} is still going on. */
  static boolean isAlive(Path scratchFile) throws IOException {
    Path directory = scratchFile.toAbsolutePath().getParent();
    if (directory == null || !isOurs(directory)) {
      return false;
    }
    try {
      if (RunDirectory.isAliveHere(directory)) {
        return true;
      }
      try (FileChannel lockFile = openLock(directory)) {
        return !canLock(lockFile);
      }
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Removes the directory of a dead run's scratch file, wherever it is. */
  static void sweepRunOf(Path scratchFile, CleanUpLog log) {
    Path directory = scratchFile.toAbsolutePath().getParent();
    if (directory != null && isOurs(directory) && Files.isDirectory(directory, NOFOLLOW_LINKS)) {
      sweepOne(directory, log);
    }
  }

  /** Removes the directories of dead runs in {@code parent}; what cannot be removed stays. */
  static void sweep(Path parent, CleanUpLog log) {
    for (Path directory : candidates(parent, log)) {
      sweepOne(directory, log);
    }
  }

  /**
   * Thaws what dead runs left frozen, before anything else that may take time. One attempt each,
   * and nothing is said of a failure: {@link #sweep} tries again, when machines run that stood
   * still.
   */
  static void thaw(Path parent, CleanUpLog log) {
    CleanUpLog quiet = new QuietLog(log);
    for (Path directory : candidates(parent, quiet)) {
      try {
        if (Files.exists(FreezeRecord.in(directory)) && !RunDirectory.isAliveHere(directory)) {
          try (FileChannel lockFile = openLock(directory)) {
            if (canLock(lockFile)) {
              DeadFreeze.settle(directory, Duration.ZERO, quiet);
            }
          }
        }
      } catch (IOException e) {
        quiet.left("cannot look for a freeze that " + directory + " tells of: " + e);
      }
    }
  }

  private record QuietLog(CleanUpLog log) implements CleanUpLog {
    @Override
    public void removed(String line) {
      log.removed(line);
    }

    @Override
    public void left(String line) {
      // Said by the second attempt.
    }
  }

  /** Whether another process holds the lock of a run's directory. */
  static boolean isLocked(Path directory) throws IOException {
    if (RunDirectory.isAliveHere(directory)) {
      return true;
    }
    try (FileChannel lockFile = openLock(directory)) {
      return !canLock(lockFile);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** What may be directories of runs, dead or alive. */
  static List<Path> candidates(Path parent, CleanUpLog log) {
    List<Path> candidates = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(parent, RunDirectory.PREFIX + "*")) {
      entries.forEach(candidates::add);
    } catch (IOException | DirectoryIteratorException e) {
      log.left("cannot look for remains of earlier runs in " + parent + ": " + e);
      return List.of();
    }
    candidates.removeIf(
        directory -> !isOurs(directory) || !Files.isDirectory(directory, NOFOLLOW_LINKS));
    return candidates;
  }

  private static void sweepOne(Path directory, CleanUpLog log) {
    try {
      if (!RunDirectory.isAliveHere(directory)) {
        sweepUnlessLocked(directory, log);
      }
    } catch (NoSuchFileException e) {
      removeUnlocked(directory, log);
    } catch (IOException e) {
      log.left("cannot remove " + directory + " of an earlier run: " + e);
    }
  }

  private static void sweepUnlessLocked(Path directory, CleanUpLog log) throws IOException {
    try (FileChannel lockFile = openLock(directory)) {
      if (canLock(lockFile)) {
        if (!DeadFreeze.settle(directory, DeadFreeze.PATIENCE, log)) {
          removeButFreeze(directory);
          return;
        }
        remove(directory);
        log.removed("removed " + directory + ", which an earlier run left behind");
      }
    }
  }

  /**
   * Without a lock file it is a run that has just begun, or one that died at that moment. Deleting
   * succeeds only while it is empty, and then its maker, if it lives, starts again.
   */
  private static void removeUnlocked(Path directory, CleanUpLog log) {
    try {
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      log.left(directory + " has no lock file and is not empty, it is left alone: " + e);
    }
  }

  private static boolean isOurs(Path directory) {
    Path name = directory.getFileName();
    return name != null && NAME.matcher(name.toString()).matches();
  }

  private static FileChannel openLock(Path directory) throws IOException {
    return FileChannel.open(
        directory.resolve(RunDirectory.LOCK), Set.of(StandardOpenOption.WRITE, NOFOLLOW_LINKS));
  }

  /** The lock is released when the channel is closed. */
  private static boolean canLock(FileChannel lockFile) throws IOException {
    try {
      FileLock lock = lockFile.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      // Another thread of this process tries it just now.
      return false;
    }
  }

  /** Deletes a directory and the plain files in it. Does nothing if it is not there. */
  static void remove(Path directory) throws IOException {
    remove(directory, Set.of());
  }

  /** Deletes all but what tells the next run of a freeze that could not be undone. */
  static void removeButFreeze(Path directory) throws IOException {
    remove(directory, Set.of(FreezeRecord.FILE_NAME, RunDirectory.LOCK));
  }

  private static void remove(Path directory, Set<String> kept) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    Path name = directory.getFileName();
    if (parent == null || name == null) {
      throw new IllegalArgumentException(directory + " is no run's directory");
    }
    try (DirectoryStream<Path> opened = Files.newDirectoryStream(parent)) {
      if (!(opened instanceof SecureDirectoryStream<Path> secure)) {
        throw new IOException("this file system cannot delete safely: " + parent);
      }
      removeContent(secure, name, kept);
      if (kept.isEmpty()) {
        secure.deleteDirectory(name);
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      if (Files.isDirectory(directory, NOFOLLOW_LINKS)) {
        throw e;
      }
    }
  }

  private static void removeContent(SecureDirectoryStream<Path> parent, Path name, Set<String> kept)
      throws IOException {
    try (SecureDirectoryStream<Path> content = parent.newDirectoryStream(name, NOFOLLOW_LINKS)) {
      List<Path> files = new ArrayList<>();
      content.forEach(file -> files.add(file.getFileName()));
      // The lock goes last: without it nobody could tell that what is left is dead.
      files.sort(Comparator.comparing(file -> file.toString().equals(RunDirectory.LOCK)));
      for (Path file : files) {
        if (!kept.contains(file.toString())) {
          content.deleteFile(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }
}
