package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.client.backup.BackupRequest.DiskSelection;
import org.qmpbs.client.rate.FakeTicker;
import org.qmpbs.pbs.Namespace;

/** A machine with two disks, a server, and a job between them. */
final class BackupScene {
  static final String FOREIGN = "libvirt-checkpoint";
  static final String OTHER_TARGET = "qmpbs:fedcba9876543210:1600000000:0000000000000001";
  static final int SIZE = 3 * Chunks.SIZE + 4096;

  final Steps steps = new Steps();
  final FakeServer server = new FakeServer(steps);
  final FakeMachine machine = new FakeMachine(steps);
  final FakeTicker ticker = new FakeTicker(1_700_000_000L);
  final List<String> notes = new CopyOnWriteArrayList<>();
  final List<String> warnings = new CopyOnWriteArrayList<>();
  final Path folder;
  private final Path monitor;
  private final Random random = new Random(42);
  private final Map<String, byte[]> instant = new LinkedHashMap<>();
  boolean full;
  Set<String> excluded = Set.of();
  List<DiskSelection> selections = List.of();
  double audit;
  Patience patience = Patience.NONE;
  ScratchCare scratch = new ScratchCare(new FakeStorage(), FakeStorage.NEVER, System::nanoTime);
  byte[] scratchContent = {};
  ChunkPipeline.Sizes sizes = new ChunkPipeline.Sizes(2, 2, 2);
  CheckpointPolicy checkpoints = CheckpointPolicy.DEFAULT;
  FreezeOptions freeze = FreezeOptions.OFF;
  SnapshotKeys keys = SnapshotKeys.NONE;
  Duration deadline = Duration.ofHours(1);

  BackupScene(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.monitor = folder.resolve("monitor");
    Files.write(monitor, new byte[0]);
    for (String name : List.of("scsi0", "virtio1")) {
      byte[] image = FakeDiskSource.image(SIZE, name.hashCode(), 0, 3, 4);
      FakeMachine.FakeDisk disk = machine.add(name, image);
      disk.bitmaps.put(FOREIGN, new FakeMachine.FakeBitmap());
      disk.bitmaps.put(OTHER_TARGET, new FakeMachine.FakeBitmap());
    }
    machine.afterInstant =
        () -> {
          machine.disks.forEach((name, disk) -> instant.put(name, disk.image.clone()));
          machine.disks.values().forEach(disk -> disk.write(2 * Chunks.SIZE, random.nextInt()));
        };
  }

  BackupJob job() {
    return new BackupJob(
        new BackupEnvironment(
            server,
            progress(),
            ticker.clock(),
            random,
            machine::connect,
            (path, size) -> Files.write(path, scratchContent, StandardOpenOption.CREATE_NEW),
            ticker,
            sizes,
            scratch),
        new BackupRequest(
            monitor,
            Namespace.ROOT,
            Samples.GROUP,
            OptionalLong.empty(),
            selections,
            excluded,
            folder,
            OptionalLong.empty(),
            deadline,
            full,
            audit,
            patience,
            checkpoints,
            freeze,
            keys));
  }

  RecordingProgress progress() {
    return new RecordingProgress(notes, warnings);
  }

  /** One good backup after which the guest has written. */
  BackupSummary begin() throws IOException {
    BackupSummary summary = backUp();
    steps.forget();
    return summary;
  }

  BackupSummary backUp() throws IOException {
    BackupSummary summary = job().run();
    guestWrites();
    ticker.sleep(Duration.ofSeconds(60));
    return summary;
  }

  void guestWrites() {
    machine.disks.get("scsi0").write(random.nextInt(SIZE), random.nextInt());
  }

  /** What holds after every run, good or bad. */
  void assertNoDebris() {
    assertThat(machine.instants).as("instants in QEMU").isZero();
    assertThat(server.open).as("session").isNull();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(monitor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    machine
        .disks
        .values()
        .forEach(disk -> assertThat(disk.bitmaps).containsKeys(FOREIGN, OTHER_TARGET));
  }

  /** Exactly the bitmaps that the last snapshot records. */
  void assertBitmapsAreThoseOfTheLastSnapshot() throws IOException {
    for (String disk : machine.disks.keySet()) {
      assertThat(machine.ours(disk)).containsExactly(FakeMachine.recorded(server, disk));
    }
  }

  /** The last snapshot is the last instant, byte for byte. */
  void assertLastSnapshotIsTheInstant() {
    instant.forEach(
        (name, image) ->
            assertThat(server.last().archives.get("drive-" + name + ".img.fidx").restoresTo(image))
                .as("image of %s", name)
                .isTrue());
  }
}
