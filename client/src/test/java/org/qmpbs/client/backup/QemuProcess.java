package org.qmpbs.client.backup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A QEMU without a guest; writes are made in the guest's place, above every filter. */
final class QemuProcess implements AutoCloseable {
  private final Process process;
  final Path monitor;
  private final Path second;

  private QemuProcess(Process process, Path monitor, Path second) {
    this.process = process;
    this.monitor = monitor;
    this.second = second;
  }

  static QemuProcess start(Path folder, Path qcow2, Path raw) throws Exception {
    Path monitor = folder.resolve("qmp");
    Path second = folder.resolve("qmp2");
    List<String> command =
        new ArrayList<>(
            List.of("qemu-system-x86_64", "-nodefaults", "-display", "none", "-m", "32"));
    for (Path socket : List.of(monitor, second)) {
      Files.deleteIfExists(socket);
      command.addAll(List.of("-qmp", "unix:" + socket + ",server=on,wait=off"));
    }
    command.addAll(
        List.of(
            "-blockdev",
            "driver=qcow2,node-name=fmt0,file.driver=file,file.filename=" + qcow2,
            "-blockdev",
            "driver=raw,node-name=fmt1,file.driver=file,file.filename=" + raw,
            "-device",
            "virtio-scsi-pci,id=hba",
            "-device",
            "scsi-hd,id=scsi0,bus=hba.0,drive=fmt0",
            "-device",
            "scsi-hd,id=scsi1,bus=hba.0,drive=fmt1"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("qemu.log").toFile())
            .start();
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.exists(second)) {
      if (!process.isAlive() || System.nanoTime() > patience) {
        throw new IOException("QEMU: " + Files.readString(folder.resolve("qemu.log")));
      }
      java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
    }
    return new QemuProcess(process, monitor, second);
  }

  /** Runs one QMP command on the second monitor; returns the line of its answer. */
  String qmp(String command) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(second));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      Writer out = Channels.newWriter(channel, StandardCharsets.UTF_8);
      in.readLine();
      out.write("{\"execute\":\"qmp_capabilities\"}\n");
      out.flush();
      in.readLine();
      out.write(command + "\n");
      out.flush();
      String line = in.readLine();
      while (line != null && line.contains("\"event\"")) {
        line = in.readLine();
      }
      if (line == null || !line.contains("\"return\"")) {
        throw new IOException(command + ": " + line);
      }
      return line;
    }
  }

  void guestWrites(String device, String pattern, long offset, long length) throws IOException {
    qmp(
        "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"qemu-io -d "
            + device
            + " \\\"write -P "
            + pattern
            + " "
            + offset
            + " "
            + length
            + "\\\"\"}}");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
