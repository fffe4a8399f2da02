package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.qmpbs.chunker.Digest;
import org.qmpbs.machine.Disk;

/**
 * What lies under disks that are overlays. A bitmap records what is written through its own image;
 * when a backing file is written to, exchanged, or another one is put in its place ({@code qemu-img
 * rebase -u}) while the machine is off, the disk's content changes and no bit does. So the snapshot
 * keeps a mark of these files, and a bitmap counts only while the mark is the same.
 *
 * <p>The mark is made of names, sizes, times of the last change and inode numbers. QEMU opens
 * backing files for reading, so nothing of it changes by itself. Where a file cannot be looked at
 * from here (a block device, network storage, another mount namespace), only its name is in the
 * mark, and a bitmap must not outlive QEMU: see {@link BitmapStorage}.
 */
final class BackingFiles {
  private static final Mark NONE = new Mark("", true);

  private final Map<String, Mark> marks;

  private BackingFiles(Map<String, Mark> marks) {
    this.marks = marks;
  }

  /**
   * The mark of one disk.
   *
   * @param text the same as long as the files are; empty where there are none
   * @param watched whether every change of a file shows in it
   */
  record Mark(String text, boolean watched) {}

  /** No disk has any. */
  static BackingFiles none() {
    return new BackingFiles(Map.of());
  }

  /** Looks at the files now. */
  static BackingFiles at(MachinePort machine, List<Disk> disks) throws IOException {
    Map<String, Mark> marks = new HashMap<>();
    machine.backingFiles(disks).forEach((name, files) -> marks.put(name, markOf(files)));
    return new BackingFiles(marks);
  }

  /** The mark of this disk. */
  Mark of(Disk disk) {
    return marks.getOrDefault(disk.name(), NONE);
  }

  private static Mark markOf(List<String> files) {
    StringBuilder all = new StringBuilder();
    boolean watched = true;
    for (String file : files) {
      String state = stateOf(file);
      watched &= !state.isEmpty();
      all.append(file).append('\n').append(state).append('\n');
    }
    return new Mark(Digest.sha256(all.toString().getBytes(StandardCharsets.UTF_8)).hex(), watched);
  }

  /** Empty if it cannot be told. */
  private static String stateOf(String file) {
    if (!file.startsWith("/") || !Files.isRegularFile(Path.of(file))) {
      return "";
    }
    try {
      BasicFileAttributes now = Files.readAttributes(Path.of(file), BasicFileAttributes.class);
      return now.size()
          + " "
          + now.lastModifiedTime().to(TimeUnit.NANOSECONDS)
          + " "
          + Files.getAttribute(Path.of(file), "unix:ino");
    } catch (IOException | UnsupportedOperationException e) {
      // It is gone, or this file system does not tell: then nothing is known about it.
      return "";
    }
  }
}
