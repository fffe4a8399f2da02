package org.qmpbs.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QemuNbdReadTest {
  private static final int MIB = 1 << 20;

  @TempDir private Path folder;

  @Test
  void readsAtAnyOffsetAndSizeGiveWhatTheFileHolds() throws Exception {
    byte[] content = content(5 * MIB + 1536);
    try (QemuNbd server = QemuNbd.serve(raw(content), "raw");
        NbdClient client = server.connect()) {
      assertThat(client.size()).isEqualTo(content.length);
      assertThat(client.maxRequest()).isEqualTo(32 * MIB);
      Random random = new Random(7);
      for (int i = 0; i < 300; i++) {
        int offset = random.nextInt(content.length);
        int length = 1 + random.nextInt(Math.min(content.length - offset, 1 << random.nextInt(23)));
        byte[] target = new byte[length + 7];
        client.read(offset, target, 3, length);
        assertThat(Arrays.copyOfRange(target, 3, 3 + length))
            .isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
        assertThat(target[2]).isZero();
        assertThat(target[3 + length]).isZero();
      }
    }
  }

  @Test
  void readsThatDoNotFitTheServersBlocksGiveWhatTheFileHoldsToo() throws Exception {
    byte[] content = content(2 * MIB);
    try (QemuNbd server = QemuNbd.serveWithBlocks(raw(content), 4096);
        NbdClient client = server.connect(NbdClient.BASE_ALLOCATION)) {
      byte[] target = new byte[2 * MIB - 2];
      client.read(1, target, 0, target.length);
      assertThat(target).isEqualTo(Arrays.copyOfRange(content, 1, 2 * MIB - 1));
      List<Extent> extents = new ArrayList<>();
      client.extents(NbdClient.BASE_ALLOCATION, 1, 4096, extents::add);
      assertThat(extents).containsExactly(new Extent(1, 4096, 0));
    }
  }

  @Test
  void theFirstAndTheLastByteAndNothingAtAllCanBeRead() throws Exception {
    byte[] content = content(MIB);
    try (QemuNbd server = QemuNbd.serve(raw(content), "raw");
        NbdClient client = server.connect()) {
      byte[] target = new byte[2];
      client.read(0, target, 0, 1);
      client.read(MIB - 1, target, 1, 1);
      assertThat(target).containsExactly(content[0], content[MIB - 1]);
      client.read(MIB, target, 0, 0);
      long before = client.requestsSent();
      assertThat(client.readAsync(MIB, target, 2, 0)).isCompleted();
      assertThat(client.requestsSent()).isEqualTo(before);
    }
  }

  @Test
  void rangesBeyondTheExportOrTheArrayAreRefusedHere() throws Exception {
    try (QemuNbd server = QemuNbd.serve(raw(content(MIB)), "raw");
        NbdClient client = server.connect()) {
      byte[] target = new byte[10];
      assertThatThrownBy(() -> client.read(MIB - 9, target, 0, 10))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> client.read(0, target, 1, 10))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> client.readAsync(-1, target, 0, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThat(client.requestsSent()).isZero();
    }
  }

  @Test
  void aLargeReadIsSplitAndASingleRequestIsLimited() throws Exception {
    byte[] content = content(70 * MIB);
    try (QemuNbd server = QemuNbd.serve(raw(content), "raw");
        NbdClient client = server.connect()) {
      byte[] target = new byte[content.length];
      client.read(0, target, 0, target.length);
      assertThat(Arrays.equals(target, content)).isTrue();
      assertThat(client.requestsSent()).isEqualTo(70);
      assertThatThrownBy(() -> client.readAsync(0, target, 0, 32 * MIB + 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the largest is 33554432");
    }
  }

  @Test
  void manyReadsInFlightFromManyThreadsEachGetTheirOwnData() throws Exception {
    byte[] content = content(16 * MIB);
    try (QemuNbd server = QemuNbd.serve(raw(content), "raw");
        NbdClient client = server.connect()) {
      List<CompletableFuture<Void>> threads = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        int seed = t;
        threads.add(CompletableFuture.runAsync(() -> readAtRandom(client, content, seed)));
      }
      for (CompletableFuture<Void> thread : threads) {
        thread.get(60, TimeUnit.SECONDS);
      }
      assertThat(client.requestsSent()).isEqualTo(3 * 200);
    }
  }

  private static void readAtRandom(NbdClient client, byte[] content, int seed) {
    Random random = new Random(seed);
    List<CompletableFuture<Void>> reads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int length = 1 + random.nextInt(100_000);
      int offset = random.nextInt(content.length - length);
      byte[] target = new byte[length];
      try {
        reads.add(
            client
                .readAsync(offset, target, 0, length)
                .thenRun(
                    () ->
                        assertThat(target)
                            .isEqualTo(Arrays.copyOfRange(content, offset, offset + length))));
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)).join();
  }

  @Test
  void holesOfASparseImageAreReadAsZerosOverWhatTheArrayHeld() throws Exception {
    Path image = folder.resolve("sparse.raw");
    QemuNbd.run("qemu-img", "create", "-q", "-f", "raw", image.toString(), "64M");
    QemuNbd.run("qemu-io", "-f", "raw", "-c", "write -P 0x5a 20M 64k", image.toString());
    try (QemuNbd server = QemuNbd.serve(image, "raw");
        NbdClient client = server.connect()) {
      byte[] target = new byte[MIB];
      Arrays.fill(target, (byte) 1);
      client.read(20 * MIB - 65536, target, 0, MIB);
      byte[] expected = new byte[MIB];
      Arrays.fill(expected, 65536, 2 * 65536, (byte) 0x5a);
      assertThat(target).isEqualTo(expected);
    }
  }

  @Test
  void aKilledServerFailsEverythingInFlightAndEverythingAfterIt() throws Exception {
    byte[] content = content(64 * MIB);
    try (QemuNbd server = QemuNbd.serve(raw(content), "raw");
        NbdClient client = server.connect()) {
      List<CompletableFuture<Void>> reads = new ArrayList<>();
      server.freeze();
      for (int i = 0; i < NbdClient.MAX_IN_FLIGHT; i++) {
        reads.add(client.readAsync((long) i * MIB, new byte[MIB], 0, MIB));
      }
      assertThat(reads).noneMatch(CompletableFuture::isDone);
      server.kill();
      for (CompletableFuture<Void> read : reads) {
        assertThat(read)
            .failsWithin(10, TimeUnit.SECONDS)
            .withThrowableThat()
            .withCauseInstanceOf(NbdConnectionLostException.class);
      }
      assertThatThrownBy(() -> client.read(0, new byte[1], 0, 1))
          .isInstanceOf(NbdConnectionLostException.class)
          .hasMessageContaining("NBD export 'disk'");
    }
  }

  @Test
  void anUnknownExportIsNamed() throws Exception {
    try (QemuNbd server = QemuNbd.serve(raw(content(MIB)), "raw")) {
      assertThatThrownBy(
              () -> NbdClient.connect(server.socket(), "other", List.of(), QemuNbd.TIMEOUT))
          .isInstanceOfSatisfying(
              NbdNegotiationException.class,
              e -> assertThat(e.reason()).isEqualTo(NbdNegotiationException.Reason.UNKNOWN_EXPORT))
          .hasMessageContaining("no export 'other'");
    }
  }

  private Path raw(byte[] content) throws Exception {
    return Files.write(folder.resolve("image.raw"), content);
  }

  private static byte[] content(int size) {
    byte[] content = new byte[size];
    new Random(42).nextBytes(content);
    return content;
  }
}
