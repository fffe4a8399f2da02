package org.qmpbs.client.restore;

import java.io.OutputStream;
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
 * @param selection what to restore, and where to
 * @param format of images
 * @param force whether an existing file or block device may be overwritten
 * @param rate most bytes a second to receive, or empty
 * @param deadline for the whole job, or empty
 * @param retries after connections that broke
 * @param key what the snapshot is proven and opened with
 */
public record RestoreRequest(
    Namespace namespace,
    SnapshotPath snapshot,
    Selection selection,
    ImageFormat format,
    boolean force,
    OptionalLong rate,
    Optional<Duration> deadline,
    Retries retries,
    ReadKey key) {

  /** Fails at the first connection that breaks, and has no key. */
  public RestoreRequest(
      Namespace namespace,
      SnapshotPath snapshot,
      Selection selection,
      ImageFormat format,
      boolean force,
      OptionalLong rate,
      Optional<Duration> deadline) {
    this(namespace, snapshot, selection, format, force, rate, deadline, Retries.NONE, ReadKey.NONE);
  }

  /** What goes where. */
  public sealed interface Selection {
    /**
     * One archive to one file or block device.
     *
     * @param archive name with or without extension
     * @param target new file, or with force an existing one
     */
    record ToFile(String archive, Path target) implements Selection {}

    /**
     * One archive, raw, to a stream that the caller closes.
     *
     * @param archive name with or without extension
     * @param stream for instance standard output
     */
    record ToStream(String archive, OutputStream stream) implements Selection {}

    /**
     * Every archive into a directory, images named by their disk.
     *
     * @param directory made if it does not exist
     */
    record AllTo(Path directory) implements Selection {}
  }
}
