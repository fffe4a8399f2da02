package org.qmpbs.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.qmpbs.nbd.NbdClient.BASE_ALLOCATION;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that breaks the protocol is believed nothing more. */
class NbdMisuseTest {
  /** What a bad server answers to the request with the given cookie. */
  private interface Answer {
    byte[] to(long cookie);
  }

  private static final byte[] FOUR = {1, 2, 3, 4};

  /** Answers to a read of 8 bytes at 1000. */
  static Stream<Arguments> badReads() {
    return Stream.of(
        bad("magic of a reply", c -> new byte[20]),
        bad("cookie: expected that of a request in flight, found", c -> Wire.none(c + 1)),
        bad("cookie", c -> Wire.simple(0, 5)),
        bad("expected a structured reply, found a simple one", c -> Wire.simple(c, 0)),
        bad("every byte, found none for offset 1000", Wire::none),
        bad("every byte, found none for offset 1004", c -> Wire.data(c, true, 1000, FOUR)),
        bad("every byte, found none for offset 1000", c -> Wire.data(c, true, 1004, FOUR)),
        bad(
            "found 4 bytes at 1000 again",
            c -> both(Wire.data(c, false, 1000, FOUR), Wire.data(c, true, 1000, FOUR))),
        bad(
            "found 5 bytes at 1003 again",
            c -> both(Wire.data(c, false, 1000, FOUR), Wire.hole(c, true, 1003, 5))),
        bad("bytes within the request, found 4 bytes at 999", c -> Wire.data(c, true, 999, FOUR)),
        bad("found 4 bytes at 1005", c -> Wire.data(c, true, 1005, FOUR)),
        bad("found 4 bytes at 18446744073709551615", c -> Wire.data(c, true, -1, FOUR)),
        bad("found 9 bytes at 1000", c -> Wire.hole(c, true, 1000, 9)),
        bad("found 4294967295 bytes at 1000", c -> Wire.hole(c, true, 1000, 0xffffffffL)),
        bad("size of a hole: expected at least 1", c -> Wire.hole(c, true, 1000, 0)),
        bad("length of a hole chunk: expected 12, found 13", c -> chunk(2, c, 13)),
        bad("length of a data chunk", c -> chunk(1, c, 8)),
        bad("length of a data chunk", c -> Wire.header(1, c, true, 17).done()),
        bad("found 4294967295", c -> Wire.header(1, c, true, 0xffffffffL).done()),
        bad("empty chunk", c -> chunk(0, c, 1)),
        bad("empty chunk", c -> Wire.chunk(0, c, false, new byte[0])),
        bad("chunk type: expected one of the protocol, found 3", c -> chunk(3, c, 0)),
        bad("expected data, found block status", c -> Wire.status(c, true, 10, 8, 0)),
        bad("length of an error chunk", c -> chunk(0x8001, c, 5)),
        bad("length of an error chunk", c -> Wire.header(0x8001, c, true, 65537).done()),
        bad("length of an error chunk", c -> chunk(0x8002, c, 13)),
        bad("error of an error chunk: expected not 0", c -> Wire.error(c, true, 0, "")),
        bad("length of an error's text", c -> Wire.error(c, true, 5, "x".repeat(4097))),
        bad(
            "length of an error's text: expected at most 1, found 2",
            c -> Wire.chunk(0x8001, c, true, Wire.bytes().u32(5).u16(2).raw(new byte[1]).done())),
        bad("offset of an error", c -> Wire.errorAt(c, true, 5, "", 1008)),
        bad("offset of an error", c -> Wire.errorAt(c, true, 5, "", 999)));
  }

  @ParameterizedTest
  @MethodSource("badReads")
  void aBadReplyToAReadEndsTheConnection(String message, Answer answer) throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate();
                  peer.send(answer.to(peer.request().cookie()));
                  peer.awaitEnd();
                });
        NbdClient client = server.connect()) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> client.read(1000, new byte[8], 0, 8))
            .isInstanceOf(NbdProtocolException.class)
            .hasMessageContaining(message)
            .hasMessageContaining("the connection was closed");
      }
    }
  }

  /** Answers to a request for the status of 4096 bytes at 0; the context is number 10. */
  static Stream<Arguments> badStatuses() {
    return Stream.of(
        bad("expected block status, found data", c -> Wire.data(c, true, 0, FOUR)),
        bad("expected block status, found a hole", c -> Wire.hole(c, true, 0, 4)),
        bad("a chunk for every metadata context, found none for [10]", Wire::none),
        bad("metadata context", c -> Wire.status(c, true, 9, 4096, 0)),
        bad(
            "metadata context",
            c -> both(Wire.status(c, false, 10, 4096, 0), Wire.status(c, true, 10, 4096, 0))),
        bad("length of an extent", c -> Wire.status(c, true, 10, 512, 0, 0, 3)),
        bad("length of a block status chunk", c -> Wire.status(c, true, 10)),
        bad("length of a block status chunk", c -> Wire.status(c, true, 10, 512)),
        bad("length of a block status chunk", c -> chunk(5, c, 0)),
        bad("found 8388620", c -> Wire.header(5, c, true, 4 + 8 * ((1 << 20) + 1)).done()),
        bad("expected a structured reply", c -> Wire.simple(c, 0)));
  }

  @ParameterizedTest
  @MethodSource("badStatuses")
  void aBadReplyToABlockStatusRequestEndsTheConnection(String message, Answer answer)
      throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate(BASE_ALLOCATION);
                  peer.send(answer.to(peer.request().cookie()));
                  peer.awaitEnd();
                });
        NbdClient client = server.connect(BASE_ALLOCATION)) {
      assertThatThrownBy(() -> client.extents(BASE_ALLOCATION, 0, 4096, extent -> {}))
          .isInstanceOf(NbdProtocolException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void anAnswerThatTellsNothingNewWouldBeAskedForEverAndIsRefused() throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.structured();
                  peer.contexts(BASE_ALLOCATION);
                  peer.go(1 << 20, 4096, 1 << 20);
                  peer.send(Wire.status(peer.request().cookie(), true, 10, 100, 0));
                  peer.awaitEnd();
                });
        NbdClient client = server.connect(BASE_ALLOCATION)) {
      assertThatThrownBy(() -> client.extents(BASE_ALLOCATION, 100, 50, extent -> {}))
          .isInstanceOf(NbdProtocolException.class)
          .hasMessageContaining("expected more than 100 bytes, found 100");
    }
  }

  @Test
  void everyRequestInFlightFailsWithTheViolationOfOne() throws Exception {
    try (FakeNbdServer server =
            FakeNbdServer.start(
                peer -> {
                  peer.negotiate();
                  peer.request();
                  peer.send(Wire.none(peer.request().cookie()));
                  peer.awaitEnd();
                });
        NbdClient client = server.connect()) {
      CompletableFuture<Void> innocent = client.readAsync(0, new byte[8], 0, 8);
      CompletableFuture<Void> guilty = client.readAsync(8, new byte[8], 0, 8);
      for (CompletableFuture<Void> read : List.of(innocent, guilty)) {
        assertThat(read)
            .failsWithin(10, TimeUnit.SECONDS)
            .withThrowableThat()
            .withCauseInstanceOf(NbdProtocolException.class)
            .withMessageContaining("read of 8 bytes at 8");
      }
    }
  }

  private static Arguments bad(String message, Answer answer) {
    return Arguments.of(message, answer);
  }

  private static byte[] chunk(int type, long cookie, int length) {
    return Wire.chunk(type, cookie, true, new byte[length]);
  }

  private static byte[] both(byte[] first, byte[] second) {
    return Wire.bytes().raw(first).raw(second).done();
  }
}
