package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.qmpbs.qmp.MonitorUnreachableException;
import org.qmpbs.qmp.QmpClient;

/**
 * A real QEMU without a guest. It has two monitors: one for the code under test, one through which
 * a test plays the guest, the user and the observer.
 */
final class Qemu implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  final Path directory;
  final Path monitor;
  private final Process process;
  private final QmpClient side;

  private Qemu(Path directory, Process process) throws Exception {
    this.directory = directory;
    this.process = process;
    this.monitor = directory.resolve("qmp");
    this.side = connectSide();
  }

  /** Starts a machine; {@code @} in arguments stands for its directory. */
  static Qemu start(Path directory, String... arguments) throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    List<String> command = new ArrayList<>();
    command.add(program("qemu-system-x86_64"));
    command.addAll(List.of("-nodefaults", "-display", "none", "-m", "64"));
    command.addAll(List.of("-qmp", "unix:@/qmp,server=on,wait=off"));
    command.addAll(List.of("-qmp", "unix:@/side,server=on,wait=off"));
    command.addAll(List.of(arguments));
    command.replaceAll(argument -> argument.replace("@", directory.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("qemu.log").toFile())
            .start();
    try {
      return new Qemu(directory, process);
    } catch (Exception e) {
      process.destroyForcibly();
      throw new IOException(Files.readString(directory.resolve("qemu.log")), e);
    }
  }

  static String program(String name) {
    String folder = System.getenv("QMPBS_E2E_QEMU");
    return folder == null || folder.isEmpty() ? name : Path.of(folder, name).toString();
  }

  static Path image(Path file, String format, String size, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(program("qemu-img"), "create", "-q", "-f", format));
    command.addAll(List.of(options));
    command.addAll(List.of(file.toString(), size));
    run(command);
    return file;
  }

  static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
    return output;
  }

  private QmpClient connectSide() throws Exception {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (true) {
      try {
        return QmpClient.connect(directory.resolve("side"), TIMEOUT, TIMEOUT);
      } catch (MonitorUnreachableException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw e;
        }
        process.waitFor(20, TimeUnit.MILLISECONDS);
      }
    }
  }

  Machine connect() throws IOException {
    return Machine.connect(monitor, TIMEOUT);
  }

  JsonNode ask(String command) throws IOException {
    return side.execute(command);
  }

  JsonNode tell(String command, ObjectNode arguments) throws IOException {
    return side.execute(command, arguments);
  }

  /** A guest's write of one byte value; {@code where} like "4M 64k". */
  void guestWrites(String qdev, int pattern, String where) throws IOException {
    String said = hmp("qemu-io -d " + qdev + " \"write -P " + pattern + " " + where + "\"");
    // The result goes to QEMU's standard output, see writesThatFailed().
    if (!said.isEmpty()) {
      throw new IOException("the guest's write failed: " + said);
    }
  }

  /** What went wrong with guest writes; complete only after {@link #quit}. */
  List<String> writesThatFailed() throws IOException {
    return Files.readAllLines(directory.resolve("qemu.log")).stream()
        .filter(line -> line.contains("failed"))
        .toList();
  }

  String hmp(String line) throws IOException {
    return tell("human-monitor-command", Json.object("command-line", line)).asText();
  }

  String status() throws IOException {
    return ask("query-status").path("status").asText();
  }

  ScratchFiles scratch(Path in) {
    return (name, size) -> {
      try {
        return image(in.resolve(name + ".qcow2"), "qcow2", Long.toString(size));
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    };
  }

  ScratchFiles scratch() {
    return scratch(directory);
  }

  /** Everything in QEMU that carries one of our names except epoch bitmaps. */
  Leftovers ours() throws IOException {
    return Inventory.take(side);
  }

  List<Disk> disks() throws IOException {
    return new DiskFinder(BlockGraph.query(side)).disks();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends QEMU as an administrator would. */
  void quit() throws Exception {
    side.execute("quit");
    if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(
          "QEMU did not end well: " + Files.readString(directory.resolve("qemu.log")));
    }
  }

  @Override
  public void close() throws IOException {
    side.close();
    try {
      // The next machine in this directory must not meet this one's sockets.
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
