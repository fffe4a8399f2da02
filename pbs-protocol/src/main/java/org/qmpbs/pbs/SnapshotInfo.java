package org.qmpbs.pbs;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.KeyFingerprint;

/**
 * One row of the server's list of snapshots.
 *
 * @param snapshot which one
 * @param size of all its files in bytes, if the server says so
 * @param files what it consists of
 * @param owner user or token
 * @param isProtected whether it is kept from pruning
 * @param verifyState {@code ok}, {@code failed}, or null if it was never verified
 * @param comment first line of the notes, or null
 * @param verifyUpid the task that verified it last, or null
 * @param fingerprint of the key that the snapshot says it was made with, or null
 */
public record SnapshotInfo(
    Snapshot snapshot,
    long size,
    List<FileInfo> files,
    @Nullable String owner,
    boolean isProtected,
    @Nullable String verifyState,
    @Nullable String comment,
    @Nullable String verifyUpid,
    @Nullable KeyFingerprint fingerprint) {

  /** Never verified by a task, and made without a key. */
  public SnapshotInfo(
      Snapshot snapshot,
      long size,
      List<FileInfo> files,
      @Nullable String owner,
      boolean isProtected,
      @Nullable String verifyState,
      @Nullable String comment) {
    this(snapshot, size, files, owner, isProtected, verifyState, comment, null, null);
  }

  /** Keeps a copy of the list. */
  public SnapshotInfo {
    files = List.copyOf(files);
  }

  /** Whether the server would refuse to build on it. */
  public boolean failedVerification() {
    return "failed".equals(verifyState);
  }

  /** The file called {@code name}. */
  public Optional<FileInfo> file(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }

  /**
   * A file of a snapshot, as the REST interface lists it.
   *
   * @param name with extension
   * @param cryptMode or null if the server does not say
   * @param size in bytes, or -1 if the server does not say
   */
  public record FileInfo(String name, @Nullable CryptMode cryptMode, long size) {}
}
