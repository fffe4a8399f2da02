package org.qmpbs.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.qmpbs.nbd.NbdNegotiationException.Reason;

class NbdNegotiationTest {
  private static final byte[] NOTHING = new byte[0];
  private static final int GO = Proto.OPT_GO;
  private static final int SET = Proto.OPT_SET_META_CONTEXT;

  @Test
  void agreesOnSizeBlocksAndContexts() throws Exception {
    try (FakeNbdServer server =
        FakeNbdServer.start(
            peer -> {
              peer.structured();
              peer.contexts("qemu:dirty-bitmap:b", "base:allocation");
              peer.go(12345 * 512L, 512, 1 << 20);
              assertThat(peer.request().command()).isEqualTo(Proto.CMD_DISC);
            })) {
      NbdClient client = server.connect("base:allocation", "qemu:dirty-bitmap:b");
      assertThat(client.size()).isEqualTo(12345 * 512);
      assertThat(client.maxRequest()).isEqualTo(1 << 20);
      client.close();
    }
  }

  @Test
  void sendsTheExportsNameAndTheContextsAsTheProtocolSays() throws Exception {
    try (FakeNbdServer server =
        FakeNbdServer.start(
            peer -> {
              peer.structured();
              assertThat(peer.option(SET))
                  .isEqualTo(
                      Wire.bytes().u32(4).raw(utf8("disk")).u32(1).u32(3).raw(utf8("a:b")).done());
              peer.reply(SET, Proto.REP_META_CONTEXT, Wire.bytes().u32(0).raw(utf8("a:b")).done());
              peer.reply(SET, Proto.REP_ACK, NOTHING);
              assertThat(peer.option(GO))
                  .isEqualTo(Wire.bytes().u32(4).raw(utf8("disk")).u16(1).u16(3).done());
              peer.reply(GO, Proto.REP_INFO, Wire.exportInfo(1, 3));
              peer.reply(GO, Proto.REP_INFO, Wire.bytes().u16(99).u64(7).done());
              peer.reply(GO, Proto.REP_ACK, NOTHING);
              peer.awaitEnd();
            })) {
      server.connect("a:b").close();
    }
  }

  @Test
  void aServerWithoutBlockSizesGetsTheDefaults() throws Exception {
    try (FakeNbdServer server =
        FakeNbdServer.start(
            peer -> {
              peer.structured();
              peer.option(GO);
              peer.reply(GO, Proto.REP_INFO, Wire.exportInfo(1 << 30, 3));
              peer.reply(GO, Proto.REP_ACK, NOTHING);
              peer.awaitEnd();
            })) {
      NbdClient client = server.connect();
      assertThat(client.maxRequest()).isEqualTo(32 << 20);
      client.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-2147483647, OPTION_UNSUPPORTED, does not support structured replies",
    "-2147483643, TLS_REQUIRED, demands TLS",
    "-2147483641, SHUTTING_DOWN, shutting down",
    "-2147483646, REFUSED, with error 2"
  })
  void aRefusedOptionIsExplainedAndTheServerToldGoodbye(int type, Reason reason, String message)
      throws Exception {
    try (FakeNbdServer server =
        FakeNbdServer.start(
            peer -> {
              peer.greet();
              peer.option(Proto.OPT_STRUCTURED_REPLY);
              peer.reply(Proto.OPT_STRUCTURED_REPLY, type, utf8("because\u001b[1m"));
              peer.option(Proto.OPT_ABORT);
            })) {
      assertThatThrownBy(server::connect)
          .isInstanceOfSatisfying(
              NbdNegotiationException.class, e -> assertThat(e.reason()).isEqualTo(reason))
          .hasMessageContaining(message)
          .hasMessageContaining("it says: because?[1m");
    }
  }

  @Test
  void anUnknownExportIsTheSameConditionWhicheverOptionFindsOut() throws Exception {
    try (FakeNbdServer server =
        FakeNbdServer.start(
            peer -> {
              peer.structured();
              peer.option(SET);
              peer.reply(SET, Proto.REP_ERR_UNKNOWN, utf8("export 'disk' not present"));
              peer.option(Proto.OPT_ABORT);
            })) {
      assertThatThrownBy(() -> server.connect("base:allocation"))
          .isInstanceOfSatisfying(
              NbdNegotiationException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_EXPORT))
          .hasMessage("the NBD server has no export 'disk' (it says: export 'disk' not present)");
    }
  }

  @Test
  void aContextThatIsNotGrantedIsAnError() throws Exception {
    try (FakeNbdServer server =
        FakeNbdServer.start(
            peer -> {
              peer.structured();
              peer.contexts("a:one");
              peer.option(Proto.OPT_ABORT);
            })) {
      assertThatThrownBy(() -> server.connect("a:one", "a:two"))
          .isInstanceOfSatisfying(
              NbdNegotiationException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.CONTEXT_NOT_GRANTED))
          .hasMessageContaining("does not offer a:two:");
    }
  }

  @Test
  void serversOfOldProtocolsAreNamedSo() throws Exception {
    for (byte[] greeting :
        List.of(
            Wire.bytes().u64(Proto.NBDMAGIC).u64(Proto.OLDSTYLE_MAGIC).u64(512).done(),
            Wire.bytes().u64(Proto.NBDMAGIC).u64(Proto.IHAVEOPT).u16(0).done())) {
      try (FakeNbdServer server =
          FakeNbdServer.start(
              peer -> {
                peer.send(greeting);
                peer.awaitEnd();
              })) {
        assertThatThrownBy(server::connect)
            .isInstanceOfSatisfying(
                NbdNegotiationException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.TOO_OLD))
            .hasMessageContaining("fixed newstyle is needed");
      }
    }
  }

  static Stream<Arguments> violations() {
    return Stream.of(
        violation("is this socket an NBD server's", p -> p.send(utf8("SSH-2.0-OpenSSH"))),
        violation("newstyle", p -> p.send(Wire.bytes().u64(Proto.NBDMAGIC).u64(1).u16(3).done())),
        violation("magic of an option reply", go(p -> p.send(new byte[20]))),
        violation(
            "length of an option reply: expected at most 4160, found 4294967295",
            go(
                p ->
                    p.send(
                        Wire.bytes()
                            .u64(Proto.OPTION_REPLY_MAGIC)
                            .u32(GO)
                            .u32(Proto.REP_INFO)
                            .u32(0xffffffffL)
                            .done()))),
        violation("option of a reply", go(p -> p.reply(SET, Proto.REP_ACK, NOTHING))),
        violation("reply to NBD_OPT_GO", go(p -> p.reply(GO, 2, NOTHING))),
        violation("NBD_INFO_EXPORT before the end", go(p -> p.reply(GO, Proto.REP_ACK, NOTHING))),
        violation("length of information", go(p -> p.reply(GO, Proto.REP_INFO, new byte[1]))),
        violation("length of NBD_INFO_EXPORT", go(p -> p.reply(GO, Proto.REP_INFO, new byte[11]))),
        violation(
            "length of NBD_INFO_BLOCK_SIZE",
            go(p -> p.reply(GO, Proto.REP_INFO, Wire.bytes().u16(3).u32(1).done()))),
        violation(
            "size of the export", go(p -> p.reply(GO, Proto.REP_INFO, Wire.exportInfo(-1, 1)))),
        violation(
            "transmission flags", go(p -> p.reply(GO, Proto.REP_INFO, Wire.exportInfo(1, 0)))),
        violation("block sizes", go(p -> p.reply(GO, Proto.REP_INFO, Wire.blockSizes(0, 1, 1)))),
        violation(
            "block sizes", go(p -> p.reply(GO, Proto.REP_INFO, Wire.blockSizes(513, 4096, 4096)))),
        violation(
            "block sizes",
            go(p -> p.reply(GO, Proto.REP_INFO, Wire.blockSizes(131072, 131072, 131072)))),
        violation(
            "block sizes", go(p -> p.reply(GO, Proto.REP_INFO, Wire.blockSizes(512, 4096, 100)))),
        violation("replies to NBD_OPT_GO: expected at most 64", go(NbdNegotiationTest::forEver)));
  }

  private static void forEver(FakePeer peer) throws IOException {
    for (int i = 0; i < 64; i++) {
      peer.reply(GO, Proto.REP_INFO, Wire.exportInfo(1, 1));
    }
  }

  @ParameterizedTest
  @MethodSource("violations")
  void violationsSayWhatWasExpectedAndWhatWasFound(String message, FakeNbdServer.Script script)
      throws Exception {
    try (FakeNbdServer server = FakeNbdServer.start(script)) {
      assertThatThrownBy(server::connect)
          .isInstanceOf(NbdProtocolException.class)
          .hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, a:x, 2, a:x", "1, a:x, 1, a:y", "1, a:x, 2, a:z"})
  void contextsTwiceOrUnaskedAreViolations(int id1, String name1, int id2, String name2)
      throws Exception {
    try (FakeNbdServer server =
        FakeNbdServer.start(
            peer -> {
              peer.structured();
              peer.option(SET);
              peer.reply(SET, Proto.REP_META_CONTEXT, context(id1, name1));
              peer.reply(SET, Proto.REP_META_CONTEXT, context(id2, name2));
              peer.awaitEnd();
            })) {
      assertThatThrownBy(() -> server.connect("a:x", "a:y"))
          .isInstanceOf(NbdProtocolException.class)
          .hasMessageContaining("metadata context");
    }
  }

  @Test
  void namesThatNoServerCouldTakeAreRefusedHere(@TempDir Path folder) throws Exception {
    assertThatThrownBy(
            () -> NbdClient.connect(folder, "disk", List.of("a:b", "a:b"), FakeNbdServer.TIMEOUT))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> NbdClient.connect(folder, "é".repeat(2049), List.of(), FakeNbdServer.TIMEOUT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4098 bytes");
    assertThat(Text.encode("é".repeat(2048))).hasSize(4096);
  }

  @Test
  void aMissingOrDeadSocketIsNamed(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing");
    Path file = Files.createFile(folder.resolve("file"));
    for (Path socket : List.of(missing, file)) {
      assertThatThrownBy(() -> NbdClient.connect(socket, "disk", List.of(), FakeNbdServer.TIMEOUT))
          .isInstanceOf(NbdConnectionLostException.class)
          .hasMessageContaining("cannot connect to the NBD server at " + socket);
    }
  }

  private static Arguments violation(String message, FakeNbdServer.Script bad) {
    FakeNbdServer.Script script =
        peer -> {
          bad.serve(peer);
          peer.awaitEnd();
        };
    return Arguments.of(message, script);
  }

  /** Good up to {@code NBD_OPT_GO}, whose reply is bad. */
  private static FakeNbdServer.Script go(FakeNbdServer.Script bad) {
    return peer -> {
      peer.structured();
      peer.option(GO);
      bad.serve(peer);
    };
  }

  private static byte[] context(int id, String name) {
    return Wire.bytes().u32(id).raw(utf8(name)).done();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
