package org.qmpbs.nbd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real qemu-nbd that serves one image, and the tools to make images. */
final class QemuNbd implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String EXPORT = "disk";

  private final Path socket;
  private final ProcessHandle process;

  private QemuNbd(Path socket, ProcessHandle process) {
    this.socket = socket;
    this.process = process;
  }

  /** Serves {@code image}. */
  static QemuNbd serve(Path image, String format, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--format=" + format, image.toString()));
    return serve(arguments);
  }

  /** Serves a raw image as if it lay on a disk with blocks of that many bytes. */
  static QemuNbd serveWithBlocks(Path image, int block) throws Exception {
    String node = "driver=blkdebug,align=" + block + ",image.driver=file,image.filename=" + image;
    return serve(List.of("--image-opts", node));
  }

  private static QemuNbd serve(List<String> arguments) throws Exception {
    Path folder = Files.createTempDirectory("qmpbs-nbd-test");
    Path socket = folder.resolve("s");
    Path pidFile = folder.resolve("pid");
    List<String> command = new ArrayList<>(List.of("qemu-nbd", "--fork", "--persistent"));
    command.addAll(List.of("--read-only", "--shared=4", "--export-name=" + EXPORT));
    command.addAll(List.of("--socket=" + socket, "--pid-file=" + pidFile));
    command.addAll(arguments);
    // Returns when the socket is listening, thanks to --fork.
    run(command.toArray(String[]::new));
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    return new QemuNbd(socket, ProcessHandle.of(pid).orElseThrow());
  }

  Path socket() {
    return socket;
  }

  NbdClient connect(String... contexts) throws IOException {
    return NbdClient.connect(socket, EXPORT, List.of(contexts), TIMEOUT);
  }

  /** From now on it takes requests but answers none. */
  void freeze() throws Exception {
    run("kill", "-STOP", Long.toString(process.pid()));
  }

  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() throws IOException {
    kill();
    Files.deleteIfExists(socket);
    Files.deleteIfExists(socket.resolveSibling("pid"));
    Files.delete(socket.getParent());
  }

  static void run(String... command) throws Exception {
    Path output = Files.createTempFile("qmpbs-nbd-test", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(List.of(command) + " hangs");
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            List.of(command) + ": " + Files.readString(output, StandardCharsets.UTF_8));
      }
    } finally {
      Files.delete(output);
    }
  }
}
