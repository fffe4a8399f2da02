package org.qmpbs.pbs;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the server is asked to verify: one snapshot, one group, or a namespace with all below it.
 *
 * @param namespace where
 * @param group only this one
 * @param snapshot only this one, of that group
 * @param ignoreVerified leave out what was verified before, whatever the outcome
 * @param outdatedAfterDays with {@code ignoreVerified}: verify again what was verified longer ago
 */
public record VerifyRequest(
    Namespace namespace,
    Optional<BackupGroup> group,
    Optional<Snapshot> snapshot,
    boolean ignoreVerified,
    OptionalInt outdatedAfterDays) {

  /** Everything in {@code namespace} and below. */
  public static VerifyRequest of(Namespace namespace) {
    return new VerifyRequest(
        namespace, Optional.empty(), Optional.empty(), false, OptionalInt.empty());
  }

  /** All snapshots of {@code group}. */
  public static VerifyRequest of(Namespace namespace, BackupGroup group) {
    return new VerifyRequest(
        namespace, Optional.of(group), Optional.empty(), false, OptionalInt.empty());
  }

  /** One snapshot. */
  public static VerifyRequest of(Namespace namespace, Snapshot snapshot) {
    return new VerifyRequest(
        namespace,
        Optional.of(snapshot.group()),
        Optional.of(snapshot),
        false,
        OptionalInt.empty());
  }

  /** The same, without what was verified in the last {@code days}, or ever. */
  public VerifyRequest ignoringVerified(OptionalInt days) {
    return new VerifyRequest(namespace, group, snapshot, true, days);
  }
}
