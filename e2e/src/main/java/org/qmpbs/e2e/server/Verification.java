package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

/**
 * Reads snapshots as a whole and writes into their manifests whether they are sound. As a snapshot
 * that failed is no base, the next backup of its group sends everything, which mends the store.
 */
final class Verification {
  private final Datastore store;
  private final Task task;
  private final Predicate<Manifests.Loaded> wanted;
  private final ChunkVerification chunks;

  /**
   * Starts with nothing read.
   *
   * @param wanted whether a snapshot with this manifest is to be verified (again)
   */
  Verification(Datastore store, Task task, Predicate<Manifests.Loaded> wanted) {
    this.store = store;
    this.task = task;
    this.wanted = wanted;
    this.chunks = new ChunkVerification(store, task);
  }

  /** Newest first; those that failed. */
  List<SnapshotName> verify(GroupName group) throws IOException, Refused {
    List<SnapshotName> names =
        store.snapshots(group).stream()
            .map(Datastore.Listed::snapshot)
            .sorted(Comparator.comparingLong(SnapshotName::time).reversed())
            .toList();
    task.log("verify group %s:%s (%d snapshots)".formatted(store.name(), group, names.size()));
    List<SnapshotName> failed = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (!verify(names.get(i))) {
        failed.add(names.get(i));
      }
      task.log(
          "percentage done: %.2f%% (%d/%d snapshots)"
              .formatted(100.0 * (i + 1) / names.size(), i + 1, names.size()));
    }
    return failed;
  }

  /** False if it is not sound. One that is in use, or gone, is passed over. */
  boolean verify(SnapshotName snapshot) throws IOException, Refused {
    String name = store.name() + ":" + snapshot;
    Path folder = store.path(snapshot);
    if (!Files.isDirectory(folder)) {
      task.log("SKIPPED: verify " + name + " - snapshot does not exist (anymore).");
      return true;
    }
    Optional<FolderLock> lock = FolderLock.tryLock(folder, true);
    if (lock.isEmpty()) {
      task.log("SKIPPED: verify " + name + " - could not acquire snapshot lock");
      return true;
    }
    try {
      return verifyLocked(snapshot, name);
    } finally {
      lock.get().close();
    }
  }

  private boolean verifyLocked(SnapshotName snapshot, String name) throws IOException, Refused {
    Manifests.Loaded manifest;
    try {
      manifest = Manifests.load(store.path(snapshot));
    } catch (Refused e) {
      task.log("verify " + name + " - manifest load error: " + e.text());
      return false;
    }
    if (!wanted.test(manifest)) {
      task.log("SKIPPED: verify " + name + " (recently verified)");
      return true;
    }
    task.log("verify " + name);
    boolean sound = true;
    for (JsonNode file : manifest.document().path("files")) {
      String filename = file.path("filename").asText();
      if (filename.endsWith(".didx")) {
        // What cannot be read here is no failure of the snapshot's.
        throw Refused.badRequest(
            "cannot verify " + name + "/" + filename + ": this server has no dynamic indexes");
      }
      task.log("  check " + filename);
      Optional<String> problem = problem(store.path(snapshot).resolve(filename), file);
      // A task that was stopped says nothing about the file.
      task.check();
      if (problem.isPresent()) {
        task.log("verify " + name + "/" + filename + " failed: " + problem.get());
        sound = false;
      }
    }
    record(snapshot, sound);
    return sound;
  }

  private void record(SnapshotName snapshot, boolean sound) throws Refused {
    store.updateManifest(
        snapshot,
        unprotected ->
            unprotected.set(
                "verify_state",
                JsonNodeFactory.instance
                    .objectNode()
                    .put("state", sound ? "ok" : "failed")
                    .put("upid", task.upid().toString())));
  }

  private Optional<String> problem(Path path, JsonNode file) {
    try {
      if (path.toString().endsWith(".blob")) {
        checkBlob(path, file);
      } else {
        FixedIndex index = IndexFiles.read(path);
        requireEqual(index.size(), index.checksum(), file);
        chunks.check(index, file.path("crypt-mode").asText().equals("encrypt"));
      }
      return Optional.empty();
    } catch (Refused e) {
      return Optional.of(e.text());
    } catch (IOException e) {
      return Optional.of(IoText.of(e));
    }
  }

  private static void checkBlob(Path path, JsonNode file) throws IOException, Refused {
    RawBlob blob = RawBlob.parse(Files.readAllBytes(path));
    blob.verifyCrc();
    requireEqual(blob.bytes().length, Digest.sha256(blob.bytes()), file);
    if (!blob.isEncrypted()) {
      blob.decode(Blob.MAX_BLOB);
    }
  }

  private static void requireEqual(long size, Digest checksum, JsonNode file) throws Refused {
    long wanted = file.path("size").asLong();
    if (size != wanted) {
      throw Refused.badRequest("wrong size (" + wanted + " != " + size + ")");
    }
    if (!checksum.hex().equals(file.path("csum").asText())) {
      throw Refused.badRequest("wrong index checksum");
    }
  }
}
