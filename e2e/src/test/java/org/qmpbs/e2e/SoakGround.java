package org.qmpbs.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.qmpbs.chunker.FixedIndex;

/**
 * What the soak goes on: a machine, a server, a scratch folder that is too small, and the means of
 * all those who change them between two backups and during one.
 */
final class SoakGround implements AutoCloseable {
  private static final int SECTOR = 512;
  private static final int CLUSTER = 64 << 10;
  private static final int MIB = 1 << 20;

  /** Enough for what the guest overwrites in some rounds, too little in others. */
  private static final String SMALL = "2m";

  private final Path folder;
  private final TestServer server;
  private final QemuMachine machine;
  private final Stage stage;
  private final Path small;
  private final Map<String, SavedImage> saved = new HashMap<>();

  SoakGround(Path folder, TestServer server, QemuMachine machine) {
    this.folder = folder;
    this.server = server;
    this.machine = machine;
    stage = new Stage(folder, server);
    small = folder.resolve("small");
    try {
      Files.createDirectories(small);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    // Who is not root has a folder that never fills up, and all other disasters.
    Processes.tryRun(List.of("mount", "-t", "tmpfs", "-o", "size=" + SMALL, "tmpfs", small + ""));
  }

  /** An image as it was, and what the guest had on it. */
  private record SavedImage(Path file, DiskModel content) {}

  QemuMachine machine() {
    return machine;
  }

  Stage stage() {
    return stage;
  }

  /** A scratch folder that the guest's writes may fill. */
  Path smallScratch() {
    return small;
  }

  MachineDisk anyDisk(RandomGenerator random) {
    return machine.disks().get(random.nextInt(machine.disks().size()));
  }

  /** The guest writes somewhere on every disk. */
  void guestWrites(RandomGenerator random, int times) {
    for (MachineDisk disk : machine.disks()) {
      for (int i = 0; i < times; i++) {
        int length = SECTOR * (1 + random.nextInt(600));
        long offset =
            (long) SECTOR * random.nextInt((int) ((disk.model().size() - length) / SECTOR));
        if (random.nextInt(5) == 0) {
          disk.writeZeroes(offset, length);
        } else {
          disk.write(offset, length);
        }
      }
    }
  }

  /**
   * A size to cut a disk to, whole clusters: of the last one QEMU keeps all, and after the disk has
   * grown again the guest reads in it what was cut off (seen with 7.2).
   */
  static long smallerSize(RandomGenerator random, long size) {
    return (size / 2 + random.nextLong(size / 2)) / CLUSTER * CLUSTER;
  }

  /** Gives a disk a size of at most {@code limit}, to the sector. */
  static long anySize(RandomGenerator random, long least, long limit) {
    return least + SECTOR * random.nextLong((limit - least) / SECTOR);
  }

  /** Bitmaps of ours on the disk, without those that QEMU calls inconsistent. */
  List<String> epochs(MachineDisk disk) {
    List<String> names = new ArrayList<>();
    for (JsonNode node :
        machine.monitor().execute("query-named-block-nodes", Map.of("flat", true))) {
      if (node.path("node-name").asText().equals(disk.rootNode())) {
        for (JsonNode bitmap : node.path("dirty-bitmaps")) {
          String name = bitmap.path("name").asText();
          if (name.startsWith("qmpbs:") && !bitmap.path("inconsistent").asBoolean()) {
            names.add(name);
          }
        }
      }
    }
    return names;
  }

  /** Somebody does something to every bitmap of ours on the disk; QEMU may refuse. */
  void toBitmaps(String command, MachineDisk disk) {
    for (String name : epochs(disk)) {
      machine.monitor().request(command, Map.of("node", disk.rootNode(), "name", name));
    }
  }

  /** Ends QEMU, changes the image, and starts it again. */
  void whileOff(Runnable change) {
    machine.quit();
    change.run();
    machine.start();
  }

  /** Keeps a copy of the image if there is none, else puts the copy in its place. */
  void saveOrRollBack(MachineDisk disk) {
    String label = disk.plan().label();
    SavedImage copy = saved.remove(label);
    try {
      if (copy == null) {
        Path file = folder.resolve(label + ".saved");
        Files.copy(disk.image(), file, StandardCopyOption.REPLACE_EXISTING);
        saved.put(label, new SavedImage(file, disk.model().copy()));
      } else {
        Files.move(copy.file(), disk.image(), StandardCopyOption.REPLACE_EXISTING);
        disk.becomes(copy.content());
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** An empty image of the same size takes the place of the disk's. */
  static void replaceImage(MachineDisk disk) {
    Qemu.create(disk.image(), disk.plan().format(), disk.model().size());
    disk.forgetContent();
  }

  /** Finished snapshots of the group, oldest first, {@code type/id/time}. */
  List<String> snapshots() {
    Path group = server.datastore().resolve(stage.group());
    try (Stream<Path> folders = Files.exists(group) ? Files.list(group) : Stream.empty()) {
      return folders
          .filter(each -> Files.exists(each.resolve("index.json.blob")))
          .map(each -> stage.group() + "/" + each.getFileName())
          .sorted()
          .toList();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** The owner removes the last {@code count} snapshots. */
  void forgetLast(int count) {
    List<String> all = snapshots();
    all.subList(Math.max(0, all.size() - count), all.size()).forEach(server::forget);
  }

  /** The same, of the last one, which a running session may protect. */
  void tryForgetLast() {
    try {
      forgetLast(1);
    } catch (IllegalStateException refused) {
      // The server keeps what a session builds on.
    }
  }

  /** Somebody removes one of a running backup's exports, if there is one. */
  void removeExport(RandomGenerator random) {
    List<String> ids = new ArrayList<>();
    machine
        .monitor()
        .execute("query-block-exports")
        .forEach(export -> ids.add(export.path("id").asText()));
    if (!ids.isEmpty()) {
      String id = ids.get(random.nextInt(ids.size()));
      machine.monitor().request("block-export-del", Map.of("id", id, "mode", "hard"));
    }
  }

  /** Somebody cancels all jobs. */
  void cancelJobs() {
    for (JsonNode job : machine.monitor().execute("query-jobs")) {
      machine.monitor().request("job-cancel", Map.of("id", job.path("id").asText()));
    }
  }

  /** Another client backs up an archive of the same name. */
  void foreignBackup(MachineDisk disk) {
    ForeignClient.backUp(
        server, stage.group(), disk.plan().archive() + ".fidx", disk.model().size());
  }

  /**
   * A chunk of the last snapshot is damaged on the server, which finds out: it puts the chunk aside
   * and marks the snapshot.
   */
  void damageLastSnapshot(RandomGenerator random) {
    List<String> all = snapshots();
    if (all.isEmpty()) {
      return;
    }
    String last = all.get(all.size() - 1);
    List<Path> chunks = new ArrayList<>();
    used(List.of(server.datastore().resolve(last))).stream().sorted().forEach(chunks::add);
    try {
      Files.delete(chunks.get(random.nextInt(chunks.size())));
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    server.failVerification(last);
  }

  /** The server's garbage collection: removes every chunk that no finished snapshot has. */
  void collectGarbage() {
    Set<Path> used = used(snapshots().stream().map(server.datastore()::resolve).toList());
    try (Stream<Path> files = Files.walk(server.datastore().resolve(".chunks"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.getFileName().toString().length() == 64 && !used.contains(file)) {
          Files.delete(file);
        }
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Chunk files of these snapshots. */
  private Set<Path> used(List<Path> snapshots) {
    Set<Path> used = new HashSet<>();
    try {
      for (Path snapshot : snapshots) {
        try (Stream<Path> files = Files.list(snapshot)) {
          for (Path file : files.filter(each -> each.toString().endsWith(".fidx")).toList()) {
            FixedIndex index = FixedIndex.parse(Files.readAllBytes(file));
            for (int i = 0; i < index.chunkCount(); i++) {
              String hex = index.digest(i).hex();
              used.add(
                  server.datastore().resolve(".chunks").resolve(hex.substring(0, 4)).resolve(hex));
            }
          }
        }
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    return used;
  }

  /** Keeps the datastore from filling the disk: most of a long soak's snapshots are of no use. */
  void tidyServer() {
    List<String> all = snapshots();
    if (all.size() > 12) {
      all.subList(0, all.size() - 2).forEach(server::forget);
      collectGarbage();
    }
  }

  /** A size that disks of the soak do not exceed. */
  static long limit() {
    return 56L * MIB;
  }

  @Override
  public void close() {
    Processes.tryRun(List.of("umount", "-l", small.toString()));
  }
}
