package org.qmpbs.client.backup;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qmpbs.client.backup.ReadPlan.FullRead;
import org.qmpbs.client.output.Sizes;

/**
 * Says, before anything is sent, that a change of key or mode makes a backup as large as the first
 * one. Encrypted chunks of another key are worth nothing to this one, and neither is whatever a
 * broken signature vouches for.
 */
final class ProtectionChange {
  private static final Set<FullReadReason> REASONS =
      EnumSet.of(
          FullReadReason.CRYPT_MODE_CHANGED,
          FullReadReason.KEY_CHANGED,
          FullReadReason.SIGNATURE_BROKEN);

  private ProtectionChange() {}

  /**
   * What is said, if there is reason to.
   *
   * @param planner that is forced to nothing
   */
  static Optional<String> announcement(
      List<ChosenDisk> disks, Planner planner, PreviousBackup previous) {
    long fresh = 0;
    long read = 0;
    String why = "";
    for (ChosenDisk disk : disks) {
      if (planner.plan(disk) instanceof FullRead full && REASONS.contains(full.reason())) {
        long size = disk.disk().size();
        why = full.detail();
        read += size;
        fresh += previous.index(disk.archive()).isPresent() ? 0 : size;
      }
    }
    if (why.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        why
            + (fresh == 0
                ? "; everything is read, up to " + size(read) + ", and only what is new is sent"
                : "; everything is sent again, up to " + size(fresh)));
  }

  private static String size(long bytes) {
    return Sizes.format(bytes) + " (" + bytes + " bytes)";
  }
}
