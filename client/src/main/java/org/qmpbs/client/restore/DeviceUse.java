package org.qmpbs.client.restore;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says by whom a block device is used, as far as /proc and /sys tell. {@link ExclusiveDevice} is
 * what really guards the device; this finds the words for people.
 */
final class DeviceUse {
  private final Path mountInfo;
  private final Path sysDevBlock;

  /** Looks at this host. */
  DeviceUse() {
    this(Path.of("/proc/self/mountinfo"), Path.of("/sys/dev/block"));
  }

  DeviceUse(Path mountInfo, Path sysDevBlock) {
    this.mountInfo = mountInfo;
    this.sysDevBlock = sysDevBlock;
  }

  /** Major and minor number of a device file, as {@code 7:0}. */
  static String numbers(Path device) throws IOException {
    long rdev = ((Number) Files.getAttribute(device, "unix:rdev")).longValue();
    // glibc's gnu_dev_major and gnu_dev_minor.
    long major = (rdev >>> 8 & 0xfff) | (rdev >>> 32 & ~0xfffL);
    long minor = (rdev & 0xff) | (rdev >>> 12 & ~0xffL);
    return major + ":" + minor;
  }

  /** Who uses the device with these numbers or one of its partitions, if anybody is seen to. */
  Optional<String> user(String numbers) throws IOException {
    for (String each : withPartitions(numbers)) {
      Optional<String> user = mountedAt(each).or(() -> heldBy(each));
      if (user.isPresent()) {
        return user;
      }
    }
    return Optional.empty();
  }

  private List<String> withPartitions(String numbers) throws IOException {
    List<String> all = new ArrayList<>(List.of(numbers));
    for (Path child : list(sysDevBlock.resolve(numbers))) {
      if (Files.exists(child.resolve("partition"))) {
        all.add(Files.readString(child.resolve("dev")).trim());
      }
    }
    return all;
  }

  /** mountinfo: id, parent, major:minor, root, mount point, … (proc(5)). */
  private Optional<String> mountedAt(String numbers) throws IOException {
    for (String line : Files.readAllLines(mountInfo)) {
      String[] fields = line.split(" ", 6);
      if (fields.length == 6 && fields[2].equals(numbers)) {
        return Optional.of("mounted at " + fields[4]);
      }
    }
    return Optional.empty();
  }

  private Optional<String> heldBy(String numbers) {
    List<Path> holders = list(sysDevBlock.resolve(numbers).resolve("holders"));
    return holders.stream().findFirst().map(holder -> "part of /dev/" + holder.getFileName());
  }

  private static List<Path> list(Path directory) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (IOException e) {
      // Containers often hide /sys; then there is nothing to say, and O_EXCL still guards.
      return List.of();
    }
    return entries;
  }
}
