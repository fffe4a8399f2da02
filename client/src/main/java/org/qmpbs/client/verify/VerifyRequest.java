package org.qmpbs.client.verify;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.ReadKey;

/**
 * What the user asked for.
 *
 * @param namespace where the group lives
 * @param snapshot which one, or the newest of a group
 * @param subset which of its chunks
 * @param records where the record of an interrupted run is kept
 * @param isFresh whether such a record is not to be used
 * @param rate most bytes a second to receive, or empty
 * @param deadline for the whole job, or empty
 * @param retries after connections that broke
 * @param key what the snapshot is proven and opened with
 */
public record VerifyRequest(
    Namespace namespace,
    SnapshotPath snapshot,
    Subset subset,
    Records records,
    boolean isFresh,
    OptionalLong rate,
    Optional<Duration> deadline,
    Retries retries,
    ReadKey key) {

  /** Where the record of an interrupted run is kept. */
  public sealed interface Records {
    /** In a file that the user named. */
    record InFile(Path file) implements Records {}

    /** In a directory, under a name of its own for each verification. */
    record InDirectory(Path directory) implements Records {}

    /** Nowhere: an interrupted run starts again. */
    record Nowhere() implements Records {}
  }
}
