package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.qmpbs.pbs.Timeouts;

/** One backup group on a server, and the command line pointed at it. */
final class Stage {
  private static final long MIB = 1 << 20;

  /** What a snapshot of ours holds besides disks: which bitmaps belong to it. */
  private static final String EPOCH = "qmpbs.json";

  private final Path folder;
  private final TestServer server;
  private final String id = "e2e-" + UUID.randomUUID().toString().substring(0, 8);
  private Qmpbs qmpbs;

  /** Restores are compared in most tests and are not what most are about: no process for each. */
  private @Nullable InProcess restores;

  Stage(Path folder, TestServer server) {
    this.folder = folder;
    this.server = server;
    qmpbs = new Qmpbs(server.environment(), folder.resolve("logs"));
    restores = new InProcess(server.environment(), Timeouts.DEFAULT);
    try {
      Files.createDirectories(scratch());
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Limits Java's heap of all later commands. */
  Stage withHeap(String heap) {
    qmpbs = qmpbs.withHeap(heap);
    restores = null;
    return this;
  }

  /** Sets a variable of all later commands. */
  Stage with(String variable, String value) {
    qmpbs = qmpbs.with(variable, value);
    restores = null;
    return this;
  }

  Qmpbs qmpbs() {
    return qmpbs;
  }

  TestServer server() {
    return server;
  }

  /** {@code type/id}. */
  String group() {
    return "vm/" + id;
  }

  /** How many snapshots the server lists in the group. */
  int snapshots() {
    return qmpbs
        .run("snapshots", group(), "--output-format", "json")
        .assertDone()
        .summary()
        .path("snapshots")
        .size();
  }

  /** Where backups keep what the guest overwrites. */
  Path scratch() {
    return folder.resolve("scratch");
  }

  /** Backs the machine up; has to succeed and to leave nothing behind. */
  Outcome backup(QemuMachine machine, String... more) {
    Outcome outcome = tryBackup(machine, more).assertDone();
    Debris.assertNoneIn(machine, scratch(), 1);
    return outcome;
  }

  /** Backs the machine up, which may fail. */
  Outcome tryBackup(QemuMachine machine, String... more) {
    return startBackup(machine, more).await();
  }

  /** Starts a backup and lets it run. */
  RunningQmpbs startBackup(QemuMachine machine, String... more) {
    return startBackup(machine, scratch(), more);
  }

  /** Starts a backup with a scratch folder of the test's choice. */
  RunningQmpbs startBackup(QemuMachine machine, Path scratchFolder, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("backup", "--qmp", machine.qmpSocket().toString()));
    arguments.addAll(List.of("--backup-id", id, "--scratch", scratchFolder.toString()));
    arguments.addAll(List.of("--output-format", "json"));
    if (!List.of(more).contains("--retry")) {
      arguments.addAll(List.of("--retry", "0"));
    }
    arguments.addAll(List.of(more));
    return qmpbs.start(arguments.toArray(String[]::new));
  }

  /** Every disk of the snapshot comes back with exactly this content. */
  void assertRestores(
      String snapshot, QemuMachine machine, Map<String, DiskModel> content, String... more) {
    Path target = folder.resolve("restored");
    try {
      Files.createDirectories(target);
      List<String> arguments = new ArrayList<>();
      arguments.addAll(List.of("restore", snapshot, "--all", "--target", target.toString()));
      arguments.addAll(List.of(more));
      String[] restore = arguments.toArray(String[]::new);
      (restores == null ? qmpbs.run(restore) : restores.run(restore)).assertDone();
      Set<String> expected = new TreeSet<>(Set.of(EPOCH));
      for (MachineDisk disk : machine.disks()) {
        String archive = disk.plan().archive();
        String name = archive.substring(0, archive.length() - ".img".length()) + ".raw";
        content.get(disk.plan().label()).assertIsContentOf(target.resolve(name));
        expected.add(name);
      }
      assertThat(emptied(target)).as("restored from %s", snapshot).isEqualTo(expected);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Names of the files that were in the folder. */
  private static Set<String> emptied(Path target) throws IOException {
    List<Path> found;
    try (Stream<Path> files = Files.list(target)) {
      found = files.toList();
    }
    Set<String> names = new TreeSet<>();
    for (Path file : found) {
      names.add(file.getFileName().toString());
      Files.delete(file);
    }
    return names;
  }

  /** Whether a backup has taken its instant on this machine: its exports can be read. */
  static boolean instantIsTaken(QemuMachine machine) {
    for (JsonNode export : machine.monitor().execute("query-block-exports")) {
      if (export.get("id").asText().startsWith("qmpbs-")) {
        return true;
      }
    }
    return false;
  }

  /** Fills a disk with incompressible content from {@code offset} on, in writes of a mebibyte. */
  static void fill(MachineDisk disk, long offset, long length) {
    for (long done = 0; done < length; done += MIB) {
      disk.write(offset + done, (int) Math.min(MIB, length - done));
    }
  }
}
