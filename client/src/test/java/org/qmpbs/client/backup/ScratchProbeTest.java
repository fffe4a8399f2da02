package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Storage is tried before a guest depends on it. */
class ScratchProbeTest {
  private static final Duration SOON = Duration.ofMillis(200);
  private static final Duration LATER = Duration.ofMinutes(1);

  @TempDir Path directory;
  private final FakeStorage storage = new FakeStorage();

  @Test
  void storageThatIsLocalAndFastIsNotDoubted() throws Exception {
    assertThat(ScratchProbe.doubts(storage, directory, LATER)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "ceph", "fuse.sshfs"})
  void storageOfAnotherMachineOrProcessIsDoubtedHoweverFast(String type) throws Exception {
    storage.type = type;
    assertThat(ScratchProbe.doubts(storage, directory, LATER).orElseThrow())
        .contains(type, "stall");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fusion"})
  void storageOfThisMachineIsNot(String type) throws Exception {
    storage.type = type;
    assertThat(ScratchProbe.doubts(storage, directory, LATER)).isEmpty();
  }

  @Test
  void slowStorageIsDoubtedWithItsNumber() throws Exception {
    storage.slowness = Duration.ofMillis(150);
    assertThat(ScratchProbe.doubts(storage, directory, LATER).orElseThrow())
        .containsPattern("takes (1[5-9]\\d|[2-9]\\d\\d|\\d{4}) ms");
  }

  @Test
  void storageThatHangsIsRefusedAndDoesNotHangTheProgram() {
    storage.stalled = true;
    assertThatThrownBy(() -> ScratchProbe.doubts(storage, directory, SOON))
        .isInstanceOf(ScratchException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("not touched");
    storage.stalled = false;
  }

  @Test
  void storageThatTakesNothingIsRefusedWithItsReason() {
    storage.broken = true;
    assertThatThrownBy(() -> ScratchProbe.doubts(storage, directory))
        .isInstanceOf(ScratchException.class)
        .hasMessageContaining("Input/output error");
  }

  @Test
  void onlyStorageThatHangsKeepsADeadRunInQemu() throws Exception {
    storage.broken = true;
    ScratchProbe.requireAnswer(storage, Set.of(directory), LATER);
    storage.broken = false;
    storage.refusing = true;
    ScratchProbe.requireAnswer(storage, Set.of(directory), LATER);
    storage.refusing = false;
    storage.stalled = true;
    assertThatThrownBy(() -> ScratchProbe.requireAnswer(storage, Set.of(directory), SOON))
        .isInstanceOf(ScratchException.class)
        .hasMessageContaining("whole machine");
    storage.stalled = false;
  }

  @Test
  void theHostsStorageIsTriedWithoutATrace() throws Exception {
    try (ScratchStorage.Trial trial = ScratchStorage.HOST.open(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        assertThat(files).as("also when the process is killed now").isEmpty();
      }
      trial.write();
      trial.write();
      assertThat(trial.room()).isPositive();
      assertThat(trial.type()).isEqualTo(Files.getFileStore(directory).type());
    }
  }
}
