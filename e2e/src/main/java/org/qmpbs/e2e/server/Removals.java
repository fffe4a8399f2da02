package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Takes snapshots, groups and namespaces out of a datastore. Nothing that is protected goes, and
 * nothing that somebody has locked; chunks stay for garbage collection.
 */
final class Removals {
  private final Datastore store;
  private int removedGroups;
  private int removedSnapshots;
  private int protectedSnapshots;

  Removals(Datastore store) {
    this.store = store;
  }

  /** What has been done so far. */
  ObjectNode statistics() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("protected-snapshots", protectedSnapshots)
        .put("removed-groups", removedGroups)
        .put("removed-snapshots", removedSnapshots);
  }

  /** Removes a snapshot, and its group with it if that was the last one. */
  void remove(SnapshotName snapshot) throws IOException, Refused {
    try {
      destroy(snapshot);
    } catch (Refused e) {
      throw Refused.badRequest(
          "failed to delete snapshot - \"" + e.text().replace("\"", "\\\"") + "\"");
    }
    removeIfEmpty(snapshot.group());
  }

  private void destroy(SnapshotName snapshot) throws IOException, Refused {
    Path folder = store.path(snapshot);
    if (!Files.isDirectory(folder)) {
      throw Refused.badRequest(
          "removing backup snapshot \"" + folder + "\" failed - " + Datastore.NO_SUCH_FILE);
    }
    try (FolderLock lock =
        store.lock(folder, "destroying snapshot", snapshot.debug(store.name()))) {
      if (store.isProtected(snapshot)) {
        throw Refused.badRequest("cannot remove protected snapshot");
      }
      removeFolder(lock, folder);
    }
  }

  /** The lock says that nobody uses the folder. */
  private static void removeFolder(FolderLock held, Path folder) throws IOException {
    try {
      AtomicFiles.removeTree(folder);
    } catch (NoSuchFileException e) {
      // Somebody was faster: what shall be gone is gone.
      held.close();
    }
  }

  /** An unfinished first backup leaves its group behind, as with the real server. */
  private void removeIfEmpty(GroupName group) throws IOException {
    Optional<FolderLock> lock = FolderLock.tryLock(store.path(group), false);
    if (lock.isPresent()) {
      try (FolderLock held = lock.get()) {
        if (store.snapshots(group).isEmpty()) {
          removeFolder(held, store.path(group));
        }
      }
    }
  }

  /**
   * Removes a group with all its snapshots.
   *
   * @return false if it is still there, for some of them are protected
   */
  boolean remove(GroupName group) throws IOException, Refused {
    Path folder = store.path(group);
    if (!Files.isDirectory(folder)) {
      throw Refused.badRequest("read dir \"" + folder + "\" - " + Datastore.ENOENT);
    }
    try (FolderLock lock = store.lock(folder, "destroying group", group.debug(store.name()))) {
      boolean all = true;
      for (Datastore.Listed listed : store.snapshots(group)) {
        if (store.isProtected(listed.snapshot())) {
          protectedSnapshots++;
          all = false;
        } else {
          destroy(listed.snapshot());
          removedSnapshots++;
        }
      }
      if (all) {
        removeFolder(lock, folder);
        removedGroups++;
      }
      return all;
    }
  }

  /**
   * Removes a namespace and those below it.
   *
   * @param withGroups otherwise only empty ones go
   * @return whether all that was to be removed is gone
   */
  boolean remove(Namespace namespace, boolean withGroups) throws IOException, Refused {
    List<Namespace> childrenFirst =
        new ArrayList<>(store.namespaces(namespace, Namespace.MAX_DEPTH));
    boolean all = true;
    if (withGroups) {
      for (Namespace each : childrenFirst) {
        all &= removeGroups(each);
      }
    }
    Collections.reverse(childrenFirst);
    for (Namespace each : childrenFirst) {
      removeEmpty(store.path(each).resolve("ns"));
      all &= removeEmpty(store.path(each));
    }
    return all;
  }

  private boolean removeGroups(Namespace namespace) throws IOException, Refused {
    if (!Files.isDirectory(store.path(namespace))) {
      throw Refused.badRequest(Datastore.ENOENT);
    }
    boolean all = true;
    for (GroupName group : store.groups(namespace)) {
      all &= remove(group);
    }
    for (String type : Names.TYPES) {
      removeEmpty(store.path(namespace).resolve(type));
    }
    return all;
  }

  /** False if something is in there. */
  private static boolean removeEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
      return true;
    } catch (DirectoryNotEmptyException e) {
      return false;
    }
  }
}
