package org.qmpbs.pbs;

import java.util.Map;
import java.util.Optional;

/**
 * A datastore's room, and what the server tells of its content to those who may know.
 *
 * @param room bytes of the file system; all zero for a login that may not know
 * @param counts groups and snapshots by type ({@code vm}, {@code ct}, {@code host}, {@code other});
 *     empty if the server does not say
 * @param garbageCollection how the last one ended, as far as the server says
 */
public record DatastoreUsage(
    DatastoreStatus room,
    Map<String, Counts> counts,
    Optional<GarbageCollection> garbageCollection) {

  /** Keeps a copy of the map. */
  public DatastoreUsage {
    counts = Map.copyOf(counts);
  }

  /**
   * Of one type.
   *
   * @param groups machines
   * @param snapshots of them all
   */
  public record Counts(long groups, long snapshots) {}

  /**
   * Numbers of the last garbage collection; all zero before the first.
   *
   * @param upid its task, if there was one
   * @param indexFileCount indexes it went through
   * @param indexDataBytes bytes that these refer to, each chunk as often as it is used
   * @param diskBytes bytes of the chunks that are used
   * @param diskChunks number of these
   * @param removedBytes bytes it removed
   * @param removedChunks number of chunks it removed
   * @param pendingBytes bytes of unused chunks that are too young to be removed
   * @param pendingChunks number of these
   * @param removedBad damaged chunks it removed
   * @param stillBad damaged chunks that are still there
   */
  public record GarbageCollection(
      Optional<Upid> upid,
      long indexFileCount,
      long indexDataBytes,
      long diskBytes,
      long diskChunks,
      long removedBytes,
      long removedChunks,
      long pendingBytes,
      long pendingChunks,
      long removedBad,
      long stillBad) {}
}
