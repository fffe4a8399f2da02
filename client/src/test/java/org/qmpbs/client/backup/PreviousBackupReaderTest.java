package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.Snapshot;

class PreviousBackupReaderTest {
  private static final Snapshot LAST = new Snapshot(Samples.GROUP, 1_700_000_000L);

  /** A manifest that somebody put into another snapshot's folder tells of that one's disks. */
  @Test
  void aManifestOfAnotherSnapshotIsDamage() throws IOException {
    Snapshot other = new Snapshot(Samples.GROUP, 1_600_000_000L);
    PreviousSource source =
        new PreviousSource() {
          @Override
          public Optional<Snapshot> snapshot() {
            return Optional.of(LAST);
          }

          @Override
          public Optional<Manifest> manifest() {
            return Optional.of(new Manifest(other, List.of()));
          }

          @Override
          public byte[] blob(Manifest manifest, String name) {
            throw new AssertionError("asked for " + name);
          }

          @Override
          public FixedIndex index(Manifest manifest, String name) {
            throw new AssertionError("asked for " + name);
          }
        };
    PreviousBackup previous =
        new PreviousBackupReader(
                source,
                new RecordingProgress(new ArrayList<>(), new ArrayList<>()),
                Protection.NONE)
            .read(Optional.of(LAST), List.of());
    assertThat(previous)
        .isInstanceOfSatisfying(
            PreviousBackup.Damaged.class,
            damaged -> assertThat(damaged.detail()).contains(LAST.toString(), other.toString()));
  }
}
