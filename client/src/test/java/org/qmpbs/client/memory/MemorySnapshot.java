package org.qmpbs.client.memory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.FixedIndexBuilder;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;

/** A snapshot in memory, with the real formats; tests damage its parts. */
public final class MemorySnapshot {
  private final Snapshot snapshot;
  private final List<ManifestFile> files = new ArrayList<>();
  final Map<String, FixedIndex> indexes = new HashMap<>();
  final Map<String, byte[]> blobs = new HashMap<>();
  final Map<Digest, byte[]> chunks;

  /** Files that cannot be read, and why. */
  public final Map<String, IOException> failing = new HashMap<>();

  /** Whether it is protected. */
  public boolean isProtected;

  /** How the server's last verification ended. */
  public String verifyState = "ok";

  /** Which task that was. */
  public @Nullable String verifyUpid;

  /** Whether its manifest is there. */
  public boolean finished = true;

  MemorySnapshot(Snapshot snapshot, Map<Digest, byte[]> chunks) {
    this.snapshot = snapshot;
    this.chunks = chunks;
  }

  /** Adds an image and its chunks. */
  public MemorySnapshot image(String name, byte[] content) {
    FixedIndexBuilder builder = new FixedIndexBuilder(content.length);
    for (int i = 0; i < Chunks.count(content.length); i++) {
      int length = Chunks.length(content.length, i);
      int start = (int) Chunks.start(i);
      Digest digest = Digest.sha256(content, start, length);
      builder.set(i, digest);
      chunks.put(digest, Blob.encode(content, start, length));
    }
    return index(name, builder.build(new UUID(1, 2), 1));
  }

  /** Adds an index whose chunks are there already, or are missing. */
  public MemorySnapshot index(String name, FixedIndex index) {
    indexes.put(name, index);
    return file(new ManifestFile(name, CryptMode.NONE, index.size(), index.checksum()));
  }

  /** Adds a small file. */
  public MemorySnapshot blob(String name, byte[] content) {
    blobs.put(name, content);
    byte[] encoded = Blob.encode(content, 0, content.length);
    return file(new ManifestFile(name, CryptMode.NONE, encoded.length, Digest.sha256(encoded)));
  }

  /** Adds a manifest entry. */
  public MemorySnapshot file(ManifestFile file) {
    files.add(file);
    return this;
  }

  Manifest manifest() {
    return new Manifest(snapshot, files);
  }

  SnapshotInfo info() {
    return new SnapshotInfo(
        snapshot,
        4096,
        listed(),
        "backup@pbs!qmpbs",
        isProtected,
        verifyState,
        null,
        verifyUpid,
        null);
  }

  /** While a backup is written, the server lists its files without a manifest. */
  private List<SnapshotInfo.FileInfo> listed() {
    List<SnapshotInfo.FileInfo> listed = new ArrayList<>(fileInfos());
    if (finished) {
      listed.add(new SnapshotInfo.FileInfo(Manifest.NAME, null, 20));
    }
    return listed;
  }

  List<SnapshotInfo.FileInfo> fileInfos() {
    return files.stream()
        .map(file -> new SnapshotInfo.FileInfo(file.name(), file.cryptMode(), file.size()))
        .toList();
  }
}
