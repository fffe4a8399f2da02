package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A datastore folder in the real layout: {@code .chunks}, {@code .lock}, {@code
 * [ns/<name>/…]<type>/<id>/<time>/} and {@code owner}. While it is open it holds the shared lock on
 * {@code .lock}, so that no garbage collection of a real server takes chunks away under a session.
 */
final class Datastore implements AutoCloseable {
  static final String NO_SUCH_FILE = "No such file or directory (os error 2)";

  /** The other form of the same text: of reading a folder that is not there. */
  static final String ENOENT = "ENOENT: No such file or directory";

  private static final String PROTECTED = ".protected";

  private final String name;
  private final Path base;
  private final ChunkStore chunks;
  private final StoreLock lock;
  private final GarbageState garbage;

  /** Manifests are read, changed and replaced: two at a time would lose a change. */
  private final Object manifestLock = new Object();

  private Datastore(String name, Path base, Clock clock, StoreLock lock) {
    this.name = name;
    this.base = base;
    this.chunks = new ChunkStore(name, base, clock);
    this.lock = lock;
    this.garbage = new GarbageState(base);
  }

  /** Opens the folder, and makes an empty datastore of it if it is none. */
  static Datastore open(String name, Path folder, Clock clock) throws IOException {
    Path base = folder.toAbsolutePath().normalize();
    Files.createDirectories(base.resolve(".chunks"));
    StoreLock lock =
        StoreLock.tryShare(base.resolve(".lock"))
            .orElseThrow(
                () ->
                    new IOException(
                        "datastore "
                            + base
                            + " is in use by another server of this process, or by a garbage"
                            + " collection of a real one; stop the first, wait for the second"));
    return new Datastore(name, base, clock, lock);
  }

  String name() {
    return name;
  }

  Path base() {
    return base;
  }

  ChunkStore chunks() {
    return chunks;
  }

  StoreLock lock() {
    return lock;
  }

  GarbageState garbage() {
    return garbage;
  }

  Path path(Namespace namespace) {
    return namespace.below(base);
  }

  Path path(GroupName group) {
    return path(group.namespace()).resolve(group.type()).resolve(group.id());
  }

  Path path(SnapshotName snapshot) {
    return path(snapshot.group()).resolve(snapshot.timeString());
  }

  /** A finished or unfinished snapshot and the files in its folder, sorted by name. */
  record Listed(SnapshotName snapshot, List<String> files) {
    boolean isFinished() {
      return files.contains(Manifests.NAME);
    }
  }

  /** All snapshots of a group, oldest first. */
  List<Listed> snapshots(GroupName group) throws IOException {
    List<Listed> snapshots = new ArrayList<>();
    for (String time : entries(path(group), Names.BACKUP_DATE, true)) {
      SnapshotName snapshot = new SnapshotName(group, Instant.parse(time).getEpochSecond());
      snapshots.add(new Listed(snapshot, entries(path(snapshot), Names.BACKUP_FILE, false)));
    }
    return snapshots;
  }

  /** The newest snapshot that has a manifest. */
  Optional<Listed> lastFinished(GroupName group) throws IOException {
    return snapshots(group).stream()
        .filter(Listed::isFinished)
        .max(Comparator.comparingLong(listed -> listed.snapshot().time()));
  }

  /** All groups of one namespace. */
  List<GroupName> groups(Namespace namespace) throws IOException {
    List<GroupName> groups = new ArrayList<>();
    for (String type : entries(path(namespace), Pattern.compile("vm|ct|host"), true)) {
      for (String id : entries(path(namespace).resolve(type), Names.SAFE_ID_PATTERN, true)) {
        groups.add(new GroupName(namespace, type, id));
      }
    }
    return groups;
  }

  /**
   * This namespace and those below it, parents first.
   *
   * @param depth how many levels below it
   */
  List<Namespace> namespaces(Namespace from, int depth) throws IOException {
    List<Namespace> found = new ArrayList<>(List.of(from));
    Path folder = path(from).resolve("ns");
    if (depth > 0 && Files.isDirectory(folder)) {
      for (String child : entries(folder, Names.SAFE_ID_PATTERN, true)) {
        List<String> names = new ArrayList<>(from.names());
        names.add(child);
        found.addAll(namespaces(new Namespace(names), depth - 1));
      }
    }
    return found;
  }

  private static List<String> entries(Path folder, Pattern form, boolean folders)
      throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> folders ? Files.isDirectory(entry) : Files.isRegularFile(entry))
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(entry -> form.matcher(entry).matches())
          .sorted()
          .toList();
    }
  }

  GroupFiles files(GroupName group) {
    return new GroupFiles(path(group));
  }

  String owner(GroupName group) throws IOException, Refused {
    return files(group).owner();
  }

  /** Makes the group if it is new, in which case it belongs to {@code authId}, and locks it. */
  FolderLock lockGroup(GroupName group, String authId) throws IOException, Refused {
    Path folder = path(group);
    Files.createDirectories(folder.resolveSibling("."));
    boolean isNew = createFolder(folder);
    FolderLock lock =
        FolderLock.tryLock(folder, false)
            .orElseThrow(
                () ->
                    Refused.badRequest(
                        "while creating "
                            + (isNew ? "new " : "")
                            + "locked backup group '"
                            + group.debug(name)
                            + "'"));
    if (isNew) {
      files(group).setOwner(authId);
    }
    return lock;
  }

  /** Gives the group to somebody else, unless somebody else gave it away meanwhile. */
  void setOwner(GroupName group, String oldOwner, String newOwner) throws IOException, Refused {
    FolderLock lock = lock(path(group), "setting the owner of group", group.debug(name));
    try {
      if (!owner(group).equals(oldOwner)) {
        throw Refused.badRequest(oldOwner + " does not own this group anymore");
      }
      files(group).setOwner(newOwner);
    } finally {
      lock.close();
    }
  }

  /** Locks a folder that is there, or says what the lock was wanted for. */
  FolderLock lock(Path folder, String purpose, String what) throws IOException, Refused {
    return FolderLock.tryLock(folder, false)
        .orElseThrow(() -> Refused.badRequest("while " + purpose + " '" + what + "'"));
  }

  void requireGroup(GroupName group) throws Refused {
    if (!Files.isDirectory(path(group))) {
      throw Refused.badRequest(ENOENT);
    }
  }

  /** Makes and locks the folder of a snapshot that must not exist yet. */
  FolderLock createSnapshot(SnapshotName snapshot) throws IOException, Refused {
    Path folder = path(snapshot);
    if (!createFolder(folder)) {
      throw Refused.badRequest("backup directory already exists.");
    }
    return FolderLock.tryLock(folder, false)
        .orElseThrow(() -> new IOException("a folder just made is locked: " + folder));
  }

  private static boolean createFolder(Path folder) throws IOException {
    try {
      Files.createDirectory(folder);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  boolean isProtected(SnapshotName snapshot) {
    return Files.exists(path(snapshot).resolve(PROTECTED));
  }

  void setProtected(SnapshotName snapshot, boolean on) throws IOException, Refused {
    Path folder = path(snapshot);
    if (!Files.isDirectory(folder)) {
      throw Refused.badRequest("snapshot " + snapshot + " does not exist!");
    }
    FolderLock lock =
        lock(folder, "updating the protection status of snapshot", snapshot.debug(name));
    try {
      if (on) {
        AtomicFiles.replace(folder.resolve(PROTECTED), new byte[0], true);
      } else {
        Files.deleteIfExists(folder.resolve(PROTECTED));
      }
    } finally {
      lock.close();
    }
  }

  void updateManifest(SnapshotName snapshot, Consumer<ObjectNode> change) throws Refused {
    try {
      synchronized (manifestLock) {
        Manifests.update(path(snapshot), change);
      }
    } catch (Refused e) {
      throw Refused.badRequest("unable to update manifest blob - " + e.text());
    } catch (IOException e) {
      throw Refused.badRequest("unable to update manifest blob - " + IoText.of(e));
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
