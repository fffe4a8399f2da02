package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A QEMU machine on images of its own. It can be ended politely or killed and started again on the
 * same images, as often as a test wants.
 *
 * <p>Without a Linux guest the test itself writes, see {@link MachineDisk}: every byte of every
 * disk is then known at every moment.
 */
final class QemuMachine implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path folder;
  private final boolean linux;
  private final boolean writer;
  private final boolean agent;
  private final List<MachineDisk> disks = new ArrayList<>();
  private @Nullable Process process;
  private @Nullable Monitor monitor;
  private @Nullable GuestConsole console;

  private QemuMachine(Builder builder) {
    folder = builder.folder;
    linux = builder.linux;
    writer = builder.writer;
    agent = builder.agent;
    for (DiskPlan plan : builder.disks) {
      Path image = folder.resolve(plan.label() + "." + plan.format().driver());
      if (!Files.exists(image)) {
        Qemu.create(image, plan.format(), plan.size());
      }
      disks.add(new MachineDisk(this, plan, image));
    }
  }

  /** A machine whose files lie in {@code folder}; keep its path short, sockets need it. */
  static Builder in(Path folder) {
    return new Builder(folder);
  }

  /** The monitor socket that belongs to the product. */
  Path qmpSocket() {
    return folder.resolve("qmp");
  }

  /** The socket of the guest's agent. */
  Path agentSocket() {
    return folder.resolve("agent");
  }

  List<MachineDisk> disks() {
    return List.copyOf(disks);
  }

  MachineDisk disk(String label) {
    return disks.stream()
        .filter(disk -> disk.plan().label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no disk " + label));
  }

  /** The test's own monitor. */
  Monitor monitor() {
    return Optional.ofNullable(monitor)
        .orElseThrow(() -> new IllegalStateException("the machine is not running"));
  }

  /** The guest's shell. */
  GuestConsole console() {
    return Optional.ofNullable(console)
        .orElseThrow(() -> new IllegalStateException("no Linux guest is running"));
  }

  /** What every disk contains now, by label. */
  Map<String, DiskModel> content() {
    Map<String, DiskModel> content = new HashMap<>();
    disks.forEach(disk -> content.put(disk.plan().label(), disk.model().copy()));
    return content;
  }

  private GuestKernel kernel() {
    if (agent) {
      return GuestKernel.withAgent();
    }
    return writer ? GuestKernel.withWriter() : GuestKernel.ensure();
  }

  /** Starts QEMU, again after {@link #quit} or {@link #kill}. */
  QemuMachine start() {
    if (process != null) {
      throw new IllegalStateException("the machine runs already");
    }
    Path testSocket = folder.resolve("qmp-test");
    Path consoleSocket = folder.resolve("console");
    MachineArguments arguments = new MachineArguments(qmpSocket(), testSocket);
    if (linux) {
      GuestKernel kernel = kernel();
      arguments.linuxGuest(kernel.kernel(), kernel.initrd(), consoleSocket);
    } else {
      arguments.idleGuest();
    }
    if (agent) {
      arguments.agentPort(agentSocket());
    }
    disks.forEach(disk -> arguments.disk(disk.plan(), disk.image()));
    try {
      for (Path socket : List.of(qmpSocket(), testSocket, consoleSocket, agentSocket())) {
        Files.deleteIfExists(socket);
      }
      process =
          new ProcessBuilder(arguments.list())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
      monitor = connect(testSocket);
      console = linux ? new GuestConsole(consoleSocket) : null;
    } catch (IOException problem) {
      close();
      throw new UncheckedIOException("QEMU does not start:\n" + logText(), problem);
    }
    JsonNode blocks = monitor().execute("query-block");
    disks.forEach(disk -> disk.findIn(blocks));
    monitor().execute("cont");
    if (linux) {
      console().awaitReady();
    }
    return this;
  }

  /** QEMU listens a moment after its start; there is nothing else to wait for. */
  private Monitor connect(Path socket) throws IOException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        return new Monitor(socket);
      } catch (IOException notYet) {
        if (!running().isAlive() || System.nanoTime() > deadline) {
          throw notYet;
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(10);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
  }

  /** The machine's owner ends QEMU properly: bitmaps are stored. */
  void quit() {
    monitor().execute("quit");
    awaitEnd();
    assertThat(running().exitValue()).as("exit status of QEMU\n%s", logText()).isZero();
    forget();
  }

  /** SIGTERM, as an init system sends it: QEMU ends properly, too. */
  void terminate() {
    running().destroy();
    awaitEnd();
    forget();
  }

  /**
   * SIGKILL, like a power failure. What the guest had flushed is on the disk, so everything is
   * flushed first: otherwise nobody could say what the disk has to contain.
   */
  void kill() {
    disks.forEach(MachineDisk::flush);
    killAtOnce();
  }

  private void killAtOnce() {
    running().destroyForcibly();
    awaitEnd();
    forget();
  }

  private void awaitEnd() {
    try {
      if (!running().waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        running().destroyForcibly();
        throw new IllegalStateException("QEMU did not end in " + LIMIT);
      }
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupt);
    }
  }

  private void forget() {
    if (console != null) {
      console.close();
    }
    if (monitor != null) {
      monitor.close();
    }
    console = null;
    monitor = null;
    process = null;
  }

  private Process running() {
    return Optional.ofNullable(process)
        .orElseThrow(() -> new IllegalStateException("the machine is not running"));
  }

  /** Whether it was started and not ended by the test. */
  boolean isRunning() {
    return process != null;
  }

  /** QEMU is up and its guest runs: nothing of ours crashed, paused or hung it. */
  void assertUnharmed() {
    assertThat(running().isAlive()).as("QEMU lives\n%s", logText()).isTrue();
    assertThat(monitor().execute("query-status").get("status").asText()).isEqualTo("running");
  }

  private Path log() {
    return folder.resolve("qemu.log");
  }

  private String logText() {
    try {
      return Files.exists(log()) ? Files.readString(log()) : "";
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Ends QEMU however it can. Writes of the test that QEMU refused are reported here. */
  @Override
  public void close() {
    if (process == null) {
      return;
    }
    if (process.isAlive()) {
      running().destroy();
      awaitEnd();
    }
    forget();
    // A reader that was killed while it said hello is no harm to the guest.
    assertThat(logText().lines().filter(line -> !line.contains("option negotiation failed")))
        .as("QEMU's log")
        .noneMatch(line -> line.contains(" failed: ") || line.contains("Assertion"));
  }

  /** Collects what the machine is made of. */
  static final class Builder {
    private final Path folder;
    private final List<DiskPlan> disks = new ArrayList<>();
    private boolean linux;
    private boolean writer;
    private boolean agent;

    private Builder(Path folder) {
      this.folder = folder;
    }

    Builder disk(DiskPlan plan) {
      disks.add(plan);
      return this;
    }

    /** A real guest with a shell on its serial console. */
    Builder linux() {
      linux = true;
      return this;
    }

    /** A real guest that has the program of {@link GuestWriter}, too. */
    Builder writer() {
      writer = true;
      return linux();
    }

    /** A port for an agent; with {@link #linux}, an agent that can be started in the guest. */
    Builder agent() {
      agent = true;
      return this;
    }

    QemuMachine start() {
      return new QemuMachine(this).start();
    }
  }
}
