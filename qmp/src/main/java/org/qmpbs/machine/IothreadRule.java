package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QemuVersion;
import org.qmpbs.qmp.QmpCommandException;

/**
 * The one thing that only the version number tells: with a disk in an iothread, QEMU before 9.0
 * (8.2.3 on its branch) aborts when an NBD client goes away, and may abort when a filter is put in.
 *
 * <p>The assertion came with the fix of CVE-2024-7409, which distributors took into old versions;
 * without it the NBD server was not safe with iothreads either. A backup job is.
 */
final class IothreadRule {
  static final String REMEDY =
      "upgrade QEMU to 8.2.3, 9.0 or later, or start the machine without iothread for this"
          + " disk, or exclude the disk";

  private final Monitor monitor;

  IothreadRule(Monitor monitor) {
    this.monitor = monitor;
  }

  static boolean isSafe(QemuVersion version) {
    return version.atLeast(9, 0, 0) || (version.atLeast(8, 2, 3) && !version.atLeast(8, 3, 0));
  }

  /** Whether neither this disk nor anything that reads through it may be exported. */
  boolean forbidsExport(Disk disk) throws IOException {
    if (isSafe(monitor.version()) || monitor.execute("query-iothreads").isEmpty()) {
      return false;
    }
    String path = disk.qdevPath();
    return path != null && (usesIothread(path) || usesIothread(controller(path)));
  }

  UnsafeMachineException refusal(Disk disk) {
    return new UnsafeMachineException(
        "disk "
            + disk.name()
            + " runs in an iothread, and QEMU "
            + monitor.version()
            + " would abort the machine when a backup's NBD connection ends",
        REMEDY);
  }

  private boolean usesIothread(String path) throws IOException {
    return !path.isEmpty() && !property(path, "iothread").isEmpty();
  }

  /** {@code parent_bus} is the path of the bus, which is a child of the controller's object. */
  private String controller(String path) throws IOException {
    String bus = property(path, "parent_bus");
    int slash = bus.lastIndexOf('/');
    return slash <= 0 ? "" : bus.substring(0, slash);
  }

  private String property(String path, String name) throws IOException {
    try {
      JsonNode value = monitor.execute("qom-get", Json.object("path", path).put("property", name));
      return value.asText("");
    } catch (QmpCommandException e) {
      // No such property: not that kind of device.
      return "";
    }
  }
}
