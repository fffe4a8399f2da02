package org.qmpbs.machine;

/**
 * What this QEMU says that it offers ({@code query-qmp-schema}); its version number says too little
 * about what a distributor put in or left out.
 *
 * @param backupBreaksSnapshot {@code blockdev-backup} has {@code on-cbw-error} (10.1)
 * @param filterBreaksSnapshot {@code copy-before-write} has {@code on-cbw-error} (7.1)
 * @param filterTimeout {@code copy-before-write} has {@code cbw-timeout} (7.1)
 * @param snapshotAccess driver {@code snapshot-access} (7.0)
 * @param exportsBitmapsOfNode {@code block-export-add} takes a bitmap with its node (7.1)
 * @param blockGraph the edges of the block graph can be asked for
 * @param quorum driver {@code quorum}, though a distributor may have forbidden its use
 */
public record Capabilities(
    boolean backupBreaksSnapshot,
    boolean filterBreaksSnapshot,
    boolean filterTimeout,
    boolean snapshotAccess,
    boolean exportsBitmapsOfNode,
    boolean blockGraph,
    boolean quorum) {}
