package org.qmpbs.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The Linux machine of the tests, made by {@code bin/lib/guest.sh} on first use and kept.
 *
 * @param kernel a Debian kernel
 * @param initrd its file system in memory
 */
record GuestKernel(Path kernel, Path initrd) {
  /** Makes it if it is not there. */
  static GuestKernel ensure() {
    return ensure("bin/lib/guest.sh", "initrd.gz");
  }

  /** The same with the program of {@link GuestWriter}. */
  static GuestKernel withWriter() {
    return ensure("bin/lib/guest-writer.sh", "initrd-writer.gz");
  }

  /** The same with Debian's guest agent, see {@link GuestFileSystem}. */
  static GuestKernel withAgent() {
    return ensure("bin/lib/guest.sh", "initrd-agent.gz");
  }

  private static GuestKernel ensure(String script, String initrd) {
    Path root = projectRoot();
    Processes.run(List.of("bash", root.resolve(script).toString()));
    Path folder = root.resolve(".e2e/guest");
    return new GuestKernel(folder.resolve("vmlinuz"), folder.resolve(initrd));
  }

  /** The repository's folder: Maven and IDEs start tests somewhere in it. */
  static Path projectRoot() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("bin/lib/guest.sh"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("bin/lib/guest.sh is in no folder above " + Path.of(""));
      }
    }
    return folder;
  }
}
