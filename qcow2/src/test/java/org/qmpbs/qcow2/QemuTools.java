package org.qmpbs.qcow2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real tools of QEMU. */
public final class QemuTools {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /**
   * What qemu-img says, and ends, when it times its key derivation for a new LUKS header on a
   * machine that is busy otherwise. It has nothing to do with what is asked of it.
   */
  private static final String TIMING = "Unable to get accurate CPU usage";

  private static final int MOST_TIMINGS = 100;

  private QemuTools() {}

  public record Result(int status, String output) {}

  /** Runs a program and returns its exit status and both its outputs. */
  public static Result run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return new Result(process.exitValue(), output);
    } catch (IOException e) {
      throw new AssertionError(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  public static String succeed(String... command) {
    Result result = run(command);
    for (int again = 0; again < MOST_TIMINGS && result.output().contains(TIMING); again++) {
      result = run(command);
    }
    assertThat(result.status()).as("%s: %s", String.join(" ", command), result.output()).isZero();
    return result.output();
  }

  public static void assertClean(Path image) {
    assertThat(succeed("qemu-img", "check", "-f", "qcow2", image.toString()))
        .contains("No errors were found");
  }

  public static void assertSameGuestData(Path raw, Path qcow2) {
    assertThat(
            succeed(
                "qemu-img",
                "compare",
                "-f",
                "raw",
                "-F",
                "qcow2",
                raw.toString(),
                qcow2.toString()))
        .contains("Images are identical");
  }

  /** A program that serves a unix socket, and has opened its images when it does. */
  public static final class Server implements AutoCloseable {
    private final Process process;

    Server(Path socket, String... command) {
      try {
        process =
            new ProcessBuilder(new ArrayList<>(List.of(command)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        awaitFirstByte(socket);
      } catch (IOException e) {
        throw new AssertionError(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }

    private void awaitFirstByte(Path socket) throws InterruptedException {
      long end = System.nanoTime() + DEADLINE.toNanos();
      while (true) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
          channel.connect(UnixDomainSocketAddress.of(socket));
          if (channel.read(ByteBuffer.allocate(1)) == 1) {
            return;
          }
        } catch (IOException e) {
          assertThat(process.isAlive()).as("server of %s: %s", socket, process.info()).isTrue();
          assertThat(System.nanoTime()).as("deadline for %s", socket).isLessThan(end);
        }
        Thread.sleep(20);
      }
    }

    boolean isRunning() {
      return process.isAlive();
    }

    @Override
    public void close() {
      process.destroyForcibly();
      try {
        assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }
}
