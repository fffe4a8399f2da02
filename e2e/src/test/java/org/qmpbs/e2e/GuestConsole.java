package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A shell in the guest, one line at a time over the serial console. */
final class GuestConsole implements AutoCloseable {
  /** A slow machine emulates a slower one. */
  private static final long LIMIT_SECONDS = 120;

  private final SocketChannel channel;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  GuestConsole(Path socket) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    Thread reader = new Thread(this::readAll, "guest-console");
    reader.setDaemon(true);
    reader.start();
  }

  private void readAll() {
    try (BufferedReader reader =
        new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
      reader.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException problem) {
      lines.add("console lost: " + problem.getMessage());
    }
  }

  /** Waits until the guest is up. */
  void awaitReady() {
    while (!take("the guest's start").equals("READY")) {
      // Messages of the firmware and the kernel.
    }
  }

  /** Runs a command in the guest that has to succeed and returns its output. */
  String run(String command) {
    ByteBuffer bytes = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    List<String> output = new ArrayList<>();
    String line = take(command);
    while (!line.startsWith("DONE ")) {
      output.add(line);
      line = take(command);
    }
    String text = String.join("\n", output).strip();
    assertThat(line).as("%s\n%s", command, text).isEqualTo("DONE 0");
    return text;
  }

  private String take(String what) {
    try {
      String line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (line == null || line.startsWith("console lost")) {
        throw new IllegalStateException("the guest gave no answer to: " + what);
      }
      return line.strip();
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
