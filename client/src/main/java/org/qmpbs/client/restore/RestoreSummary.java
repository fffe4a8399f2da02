package org.qmpbs.client.restore;

import java.time.Duration;
import java.util.List;
import org.qmpbs.pbs.Snapshot;

/**
 * What a restore did.
 *
 * @param snapshot restored from
 * @param archives in the order of the manifest
 * @param duration of the whole job
 * @param retries after connections that broke
 */
public record RestoreSummary(
    Snapshot snapshot, List<ArchiveSummary> archives, Duration duration, int retries) {
  /** Keeps a copy of the list. */
  public RestoreSummary {
    archives = List.copyOf(archives);
  }

  /**
   * One archive; sizes in bytes.
   *
   * @param archive name in the manifest
   * @param target where it went
   * @param format raw or qcow2, or blob for a file that is not an image
   * @param size of the image or file
   * @param zero of it, known to be zero without asking the server
   * @param downloadedChunks received and verified
   * @param downloadedBytes their size on the wire
   */
  public record ArchiveSummary(
      String archive,
      String target,
      String format,
      long size,
      long zero,
      long downloadedChunks,
      long downloadedBytes) {}
}
