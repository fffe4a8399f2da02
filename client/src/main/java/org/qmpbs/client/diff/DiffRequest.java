package org.qmpbs.client.diff;

import java.util.Optional;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.ReadKey;

/**
 * What the user asked for.
 *
 * @param namespace where both are
 * @param first a snapshot, or the newest of a group
 * @param second likewise
 * @param archive the only one to compare, with or without extension, or empty for all
 * @param retries after connections that broke
 * @param key what the snapshots are proven and small files opened with
 */
public record DiffRequest(
    Namespace namespace,
    SnapshotPath first,
    SnapshotPath second,
    Optional<String> archive,
    Retries retries,
    ReadKey key) {}
