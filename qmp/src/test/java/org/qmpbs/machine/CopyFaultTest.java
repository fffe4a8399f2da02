package org.qmpbs.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.qmpbs.machine.TwoDisks.VD0;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpClient;
import org.qmpbs.qmp.QmpEvent;

/** Scratch files that fail or are full lose the copy and no write of the guest. */
@Timeout(120)
class CopyFaultTest {
  private static final String NEW = "qmpbs:t:1:n";

  @TempDir Path directory;

  /** QEMU gets an I/O error for each write to scratch files, and may keep its event to itself. */
  private static final class BadScratch extends ForwardingMonitor {
    private final boolean silent;

    BadScratch(Monitor real, boolean silent) {
      super(real);
      this.silent = silent;
    }

    @Override
    public JsonNode execute(String command, ObjectNode arguments) throws IOException {
      boolean scratch = arguments.path("node-name").asText().endsWith("-s1");
      if (command.equals("blockdev-add") && scratch) {
        ObjectNode debug = Json.object("driver", "blkdebug");
        debug.set("image", arguments.get("file"));
        debug
            .putArray("inject-error")
            .add(Json.object("event", "write_aio").put("errno", 5).put("once", false));
        arguments.set("file", debug);
      }
      return super.execute(command, arguments);
    }

    @Override
    public Optional<QmpEvent> awaitEvent(Predicate<QmpEvent> wanted, Duration atMost)
        throws IOException {
      return silent ? super.awaitEvent(event -> false, atMost) : super.awaitEvent(wanted, atMost);
    }
  }

  private void assertBreaksWithoutHarm(boolean silent, String said) throws Exception {
    try (Qemu qemu = IothreadDisks.start(directory);
        Machine machine =
            new Machine(
                new BadScratch(
                    QmpClient.connect(qemu.monitor, QmpClient.GREETING_DEADLINE, Qemu.TIMEOUT),
                    silent),
                qemu.monitor,
                Qemu.TIMEOUT)) {
      machine.force(Strategy.COPY_TO_SCRATCH);
      qemu.guestWrites(VD0, 1, "0 16M");
      int[] written = {0};
      assertThatThrownBy(
              () ->
                  machine.takeInstant(
                      Strategy.COPY_TO_SCRATCH,
                      TwoDisks.RUN,
                      TwoDisks.requests(machine, NEW, null),
                      qemu.scratch(),
                      directory.resolve("nbd"),
                      directory,
                      (done, total) -> qemu.guestWrites(VD0, ++written[0] % 200, "0 16M"),
                      Quiesce.NOTHING))
          .isInstanceOf(PointInTimeBrokenException.class)
          .hasMessageContaining("vd0")
          .hasMessageContaining(said);
      assertThat(written[0]).as("guest writes meanwhile").isPositive();
      assertThat(qemu.status()).isEqualTo("running");
      assertThat(qemu.ours().isEmpty()).isTrue();
      assertThat(qemu.disks()).allSatisfy(disk -> assertThat(disk.bitmaps()).isEmpty());
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    }
  }

  @Test
  void anErrorOfTheScratchFileEndsTheCopyAndNoWriteOfTheGuest() throws Exception {
    assertBreaksWithoutHarm(false, "Input/output error");
  }

  @Test
  void anErrorWhoseEventIsLostIsFoundInTheCopy() throws Exception {
    assertBreaksWithoutHarm(true, "nothing is at byte 0");
  }

  @Test
  void aCopyIsNotTakenApartBeforeItsStorageAnswers() throws Exception {
    try (Qemu qemu = IothreadDisks.start(directory);
        Machine machine = SlowCopies.connect(qemu)) {
      qemu.guestWrites(VD0, 1, "0 16M");
      int[] jobs = {-1};
      ScratchFiles files = qemu.scratch();
      ScratchFiles scratch =
          new ScratchFiles() {
            @Override
            public Path create(String name, long virtualSize) throws IOException {
              return files.create(name, virtualSize);
            }

            @Override
            public void awaitAnswer() throws IOException {
              jobs[0] = qemu.ask("query-jobs").size();
            }
          };
      assertThatThrownBy(
              () ->
                  machine.takeInstant(
                      Strategy.COPY_TO_SCRATCH,
                      TwoDisks.RUN,
                      TwoDisks.requests(machine, NEW, null),
                      scratch,
                      directory.resolve("nbd"),
                      directory,
                      (done, total) -> {
                        throw new IOException("the storage hangs");
                      },
                      Quiesce.NOTHING))
          .hasMessage("the storage hangs");
      assertThat(jobs[0]).as("jobs when the storage was waited for").isEqualTo(2);
      assertThat(qemu.ours().isEmpty()).isTrue();
      qemu.quit();
    }
  }

  @Test
  void aScratchFileThatFillsUpEndsTheCopyAndNoWriteOfTheGuest() throws Exception {
    Path small = mount("24m");
    try (Qemu qemu = IothreadDisks.start(directory);
        Machine machine = SlowCopies.connect(qemu)) {
      qemu.guestWrites(VD0, 1, "0 16M");
      boolean[] filled = {false};
      assertThatThrownBy(
              () ->
                  machine.takeInstant(
                      Strategy.COPY_TO_SCRATCH,
                      TwoDisks.RUN,
                      TwoDisks.requests(machine, NEW, null),
                      qemu.scratch(small),
                      small.resolve("nbd"),
                      directory,
                      (done, total) -> {
                        if (!filled[0]) {
                          filled[0] = true;
                          fill(small);
                          qemu.guestWrites(VD0, 2, "0 16M");
                        }
                      },
                      Quiesce.NOTHING))
          .isInstanceOf(PointInTimeBrokenException.class)
          .hasMessageContaining("No space left on device");
      assertThat(qemu.status()).isEqualTo("running");
      assertThat(qemu.ours().isEmpty()).isTrue();
      qemu.quit();
      assertThat(qemu.writesThatFailed()).isEmpty();
    } finally {
      Qemu.run(List.of("umount", "-l", small.toString()));
    }
    Path raw = directory.resolve("after.raw");
    Qemu.run(
        List.of(
            Qemu.program("qemu-img"),
            "convert",
            "-O",
            "raw",
            directory.resolve("a.qcow2").toString(),
            raw.toString()));
    assertThat(Files.readAllBytes(raw))
        .isEqualTo(Reads.expected(16 << 20, new int[] {0, 16 << 20, 2}));
  }

  @Test
  void aScratchDirectoryWithoutRoomIsRefusedBeforeTheMachineIsTouched() throws Exception {
    Path small = mount("8m");
    try (Qemu qemu = IothreadDisks.start(directory);
        Machine machine = SlowCopies.connect(qemu)) {
      qemu.guestWrites(VD0, 1, "0 16M");
      assertThatThrownBy(() -> TwoDisks.take(qemu, machine, NEW, null, qemu.scratch(small)))
          .isInstanceOf(ScratchRoomException.class)
          .hasMessageMatching(".* has room for [67] MiB, .* takes up to 1[89] MiB.*");
      assertThat(qemu.ours().isEmpty()).isTrue();
      assertThat(qemu.disks()).allSatisfy(disk -> assertThat(disk.bitmaps()).isEmpty());
      qemu.quit();
    } finally {
      Qemu.run(List.of("umount", "-l", small.toString()));
    }
  }

  private Path mount(String size) throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    try {
      Qemu.run(List.of("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", small.toString()));
    } catch (IOException e) {
      System.out.println("CopyFaultTest: cannot mount a tmpfs: " + e.getMessage());
      assumeTrue(false, "cannot mount a tmpfs");
    }
    return small;
  }

  /** Takes what is left of the file system. */
  private static void fill(Path small) throws IOException {
    byte[] block = new byte[1 << 20];
    try (java.io.OutputStream out = Files.newOutputStream(small.resolve("ballast"))) {
      while (true) {
        out.write(block);
      }
    } catch (java.nio.file.FileSystemException e) {
      throw e;
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }
}
