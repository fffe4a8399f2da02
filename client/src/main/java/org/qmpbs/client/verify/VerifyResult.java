package org.qmpbs.client.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.Voucher;

/**
 * What a verification found. Counts are of chunks, each of them counted once however often it is
 * shared.
 *
 * @param snapshot that was verified
 * @param subset which of its chunks
 * @param signature of the manifest
 * @param archives whose index or content is right
 * @param skipped archives of a kind that is not looked into
 * @param chunksTotal in the snapshot
 * @param chunksChosen of them, by the subset
 * @param chunksGood of the chosen
 * @param resumed what an interrupted run had done of this, if one had
 * @param bytesVerified plain bytes in the chunks that this run read
 * @param bytesReceived on the wire
 * @param files that are damaged as a whole
 * @param chunks that are damaged
 * @param places where these are
 * @param sharedBy other snapshots of the group that have one of the damaged chunks
 * @param duration of this run
 * @param retries after connections that broke
 */
public record VerifyResult(
    Snapshot snapshot,
    Subset subset,
    Voucher.State signature,
    List<String> archives,
    List<String> skipped,
    int chunksTotal,
    int chunksChosen,
    int chunksGood,
    Optional<Resumed> resumed,
    long bytesVerified,
    long bytesReceived,
    List<Damage.WholeFile> files,
    List<Damage.Chunk> chunks,
    List<Damage.Place> places,
    List<Snapshot> sharedBy,
    Duration duration,
    int retries) {

  /** Keeps copies of the lists. */
  public VerifyResult {
    archives = List.copyOf(archives);
    skipped = List.copyOf(skipped);
    files = List.copyOf(files);
    chunks = List.copyOf(chunks);
    places = List.copyOf(places);
    sharedBy = List.copyOf(sharedBy);
  }

  /**
   * What earlier runs had done.
   *
   * @param chunks that were good then
   * @param since when the first of them began
   */
  public record Resumed(int chunks, Instant since) {}

  /** Whether anything is damaged. */
  public boolean isDamaged() {
    return !files.isEmpty() || !chunks.isEmpty();
  }
}
