package org.qmpbs.pbs;

/**
 * What the server does, or would do, with one snapshot. After a real prune a snapshot that is not
 * kept is gone, unless the server could not remove it: that stands in its task log only.
 *
 * @param snapshot which one
 * @param keep whether it stays
 * @param isProtected whether it stays because it is protected
 */
public record PruneDecision(Snapshot snapshot, boolean keep, boolean isProtected) {}
