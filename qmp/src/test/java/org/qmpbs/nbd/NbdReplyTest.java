package org.qmpbs.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.qmpbs.nbd.Extent.HOLE;
import static org.qmpbs.nbd.Extent.ZERO;
import static org.qmpbs.nbd.NbdClient.BASE_ALLOCATION;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a server may do, and QEMU mostly does not. */
class NbdReplyTest {
  @Test
  void repliesInAnyOrderReachTheirRequests() throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate();
                  List<FakePeer.Received> reads = new ArrayList<>();
                  for (int i = 0; i < 3; i++) {
                    reads.add(peer.request());
                  }
                  for (int i : new int[] {2, 0, 1}) {
                    peer.answer(reads.get(i), 1 + (int) reads.get(i).offset() / 100);
                  }
                  peer.awaitEnd();
                });
        NbdClient client = server.connect()) {
      byte[] target = new byte[6];
      List<CompletableFuture<Void>> reads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        reads.add(client.readAsync(100L * i, target, 2 * i, 2));
      }
      for (CompletableFuture<Void> read : reads) {
        assertThat(read).succeedsWithin(10, TimeUnit.SECONDS);
      }
      assertThat(target).containsExactly(1, 1, 2, 2, 3, 3);
    }
  }

  @Test
  void chunksComeInAnyOrderBetweenThoseOfOtherReplies() throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate();
                  long a = peer.request().cookie();
                  long b = peer.request().cookie();
                  peer.send(Wire.data(a, false, 1006, new byte[] {7, 8}));
                  peer.send(Wire.data(b, false, 2000, new byte[] {1}));
                  peer.send(Wire.hole(a, false, 1002, 4));
                  peer.send(Wire.hole(b, true, 2001, 7));
                  peer.send(Wire.data(a, false, 1000, new byte[] {1, 2}));
                  peer.send(Wire.none(a));
                  peer.awaitEnd();
                });
        NbdClient client = server.connect()) {
      byte[] a = new byte[8];
      byte[] b = new byte[8];
      Arrays.fill(a, (byte) 99);
      Arrays.fill(b, (byte) 99);
      CompletableFuture<Void> first = client.readAsync(1000, a, 0, 8);
      client.read(2000, b, 0, 8);
      assertThat(first).succeedsWithin(10, TimeUnit.SECONDS);
      assertThat(a).containsExactly(1, 2, 0, 0, 0, 0, 7, 8);
      assertThat(b).containsExactly(1, 0, 0, 0, 0, 0, 0, 0);
    }
  }

  @Test
  void anErrorHasItsNumberItsPlaceAndTheServersWordsAndTheConnectionLivesOn() throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate();
                  long cookie = peer.request().cookie();
                  peer.send(Wire.data(cookie, false, 100, new byte[] {1, 2}));
                  peer.send(Wire.errorAt(cookie, false, NbdReadException.EIO, "bad\nblock", 102));
                  peer.send(Wire.error(cookie, true, NbdReadException.EINVAL, "the second"));
                  peer.send(Wire.error(peer.request().cookie(), true, NbdReadException.EINVAL, ""));
                  peer.send(Wire.simple(peer.request().cookie(), NbdReadException.ESHUTDOWN));
                  peer.send(
                      Wire.chunk(
                          Proto.REPLY_TYPE_FLAG_ERROR + 77,
                          peer.request().cookie(),
                          true,
                          Wire.bytes().u32(4711).u16(1).raw(new byte[] {'x', 1, 2, 3}).done()));
                  peer.answer(peer.request(), 5);
                  peer.awaitEnd();
                });
        NbdClient client = server.connect()) {
      byte[] target = new byte[8];
      assertReadError(client, 100, NbdReadException.EIO, 102, "EIO", "bad?block");
      assertReadError(client, 200, NbdReadException.EINVAL, 200, "EINVAL", "at offset 200");
      assertReadError(client, 300, NbdReadException.ESHUTDOWN, 300, "ESHUTDOWN", "shutting");
      assertReadError(client, 400, 4711, 400, "error 4711", ": x");
      client.read(500, target, 0, 8);
      assertThat(target).containsOnly(5);
    }
  }

  private static void assertReadError(
      NbdClient client, long offset, int errno, long at, String... words) {
    assertThatThrownBy(() -> client.read(offset, new byte[8], 0, 8))
        .isInstanceOfSatisfying(
            NbdReadException.class,
            e -> {
              assertThat(e.errno()).isEqualTo(errno);
              assertThat(e.offset()).isEqualTo(at);
            })
        .hasMessageContaining("read of 8 bytes at " + offset)
        .hasMessageContainingAll(words);
  }

  @Test
  void blockStatusOfAFailedPointInTimeIsAnErrorWithItsNumber() throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate(BASE_ALLOCATION);
                  peer.send(Wire.error(peer.request().cookie(), true, NbdReadException.EINVAL, ""));
                  peer.awaitEnd();
                });
        NbdClient client = server.connect(BASE_ALLOCATION)) {
      assertThatThrownBy(() -> client.extents(BASE_ALLOCATION, 0, 512, extent -> {}))
          .isInstanceOfSatisfying(
              NbdReadException.class,
              e -> assertThat(e.errno()).isEqualTo(NbdReadException.EINVAL));
    }
  }

  @Test
  void extentsAreAskedForUntilTheRangeIsCoveredAndThenJoinedAndClipped() throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate("x:other", BASE_ALLOCATION);
                  FakePeer.Received first = peer.request();
                  assertThat(first.offset()).isEqualTo(1000);
                  assertThat(first.length()).isEqualTo(9000);
                  peer.send(Wire.status(first.cookie(), false, 11, 500, 3, 500, 0x103));
                  peer.send(Wire.status(first.cookie(), true, 10, 1, 1));
                  FakePeer.Received second = peer.request();
                  assertThat(second.offset()).isEqualTo(2000);
                  peer.send(Wire.status(second.cookie(), false, 10, 1L << 31, 1));
                  peer.send(
                      Wire.status(second.cookie(), true, 11, 1000, 3, 1000, 0, 0xfffff000L, 0));
                  peer.awaitEnd();
                });
        NbdClient client = server.connect("x:other", BASE_ALLOCATION)) {
      List<Extent> extents = new ArrayList<>();
      client.extents(BASE_ALLOCATION, 1000, 9000, extents::add);
      assertThat(extents)
          .containsExactly(new Extent(1000, 2000, HOLE | ZERO), new Extent(3000, 7000, 0));
    }
  }

  @Test
  void requestsAreWidenedToTheServersBlocks() throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.structured();
                  peer.contexts(BASE_ALLOCATION);
                  peer.go(64 * 1024 + 100, 4096, 10000);
                  for (long[] range :
                      new long[][] {{4096, 8192}, {0, 8192}, {8192, 4096}, {65536, 100}}) {
                    FakePeer.Received read = peer.request();
                    assertThat(read.offset()).isEqualTo(range[0]);
                    assertThat(read.length()).isEqualTo(range[1]);
                    byte[] data = new byte[(int) range[1]];
                    for (int i = 0; i < data.length; i++) {
                      data[i] = (byte) (read.offset() + i);
                    }
                    peer.send(Wire.data(read.cookie(), true, read.offset(), data));
                  }
                  FakePeer.Received status = peer.request();
                  assertThat(status.offset()).isEqualTo(4096);
                  assertThat(status.length()).isEqualTo(8192);
                  peer.send(Wire.status(status.cookie(), true, 10, 4096, 3, 4096, 0));
                  peer.awaitEnd();
                });
        NbdClient client = server.connect(BASE_ALLOCATION)) {
      assertThat(client.maxRequest()).isEqualTo(8192);
      assertRead(client, 4096 + 4095, 2);
      assertRead(client, 1, 12000);
      assertRead(client, 65536 + 1, 99);
      List<Extent> extents = new ArrayList<>();
      client.extents(BASE_ALLOCATION, 4097, 8190, extents::add);
      assertThat(extents)
          .containsExactly(new Extent(4097, 4095, HOLE | ZERO), new Extent(8192, 4095, 0));
    }
  }

  private static void assertRead(NbdClient client, int offset, int length) throws Exception {
    byte[] target = new byte[length + 2];
    client.read(offset, target, 1, length);
    byte[] expected = new byte[length + 2];
    for (int i = 0; i < length; i++) {
      expected[1 + i] = (byte) (offset + i);
    }
    assertThat(target).isEqualTo(expected);
  }
}
