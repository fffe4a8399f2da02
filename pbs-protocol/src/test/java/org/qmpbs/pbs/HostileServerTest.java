package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qmpbs.chunker.Digest;

/**
 * A server that means harm, or something that is no backup server at all: every call ends soon,
 * with an error that says what was wrong, and takes no more memory than its answer may have.
 */
@Timeout(120)
class HostileServerTest {
  private static final Digest DIGEST = Digest.sha256(new byte[] {1});
  private static final int MIB = 1 << 20;

  /** One call of a session, after those that lead to it were answered well. */
  private interface Attempt {
    void run(BackupSession session) throws IOException;
  }

  private static final Map<String, Attempt> CALLS = new LinkedHashMap<>();

  static {
    CALLS.put("blob", session -> session.uploadBlob("a.blob", new byte[10]));
    CALLS.put("fixed_index", session -> session.createIndex("a.img.fidx", 5));
    CALLS.put(
        "fixed_chunk",
        session -> session.createIndex("a.img.fidx", 5).uploadChunk(DIGEST, 1, new byte[20], 20));
    CALLS.put(
        "append",
        session -> session.createIndex("a.img.fidx", 5).append(List.of(new IndexEntry(0, DIGEST))));
    CALLS.put("fixed_close", session -> session.createIndex("a.img.fidx", 5).close(DIGEST));
  }

  /** A server whose answer to {@code bad} is what a test says, and well-formed to all others. */
  private static FakePbs server(String bad, Answer answer) throws Exception {
    return Sessions.backupServer(
        peer -> {
          while (true) {
            H2Peer.Call call = peer.next();
            boolean isAppend = call.method().equals("PUT");
            if (bad.equals(isAppend ? "append" : call.path())) {
              answer.to(peer, call);
            } else {
              peer.answer(call, 200, "{\"data\":1}");
            }
          }
        });
  }

  private interface Answer {
    void to(H2Peer peer, H2Peer.Call call) throws Exception;
  }

  @Test
  void anEndlessAnswerToAnyCallIsNotReadOn() throws Exception {
    for (Map.Entry<String, Attempt> attempt : CALLS.entrySet()) {
      AtomicLong sent = new AtomicLong();
      try (FakePbs server =
              server(attempt.getKey(), (peer, call) -> endless(peer, call, 200, sent));
          BackupSession session = Sessions.backup(server)) {
        assertThatThrownBy(() -> attempt.getValue().run(session))
            .as(attempt.getKey())
            .isInstanceOf(BadAnswerException.class)
            .hasMessageContaining("expected at most 65536 bytes");
      }
    }
  }

  @Test
  void anEndlessRefusalOfAnyCallIsCutOff() throws Exception {
    for (Map.Entry<String, Attempt> attempt : CALLS.entrySet()) {
      AtomicLong sent = new AtomicLong();
      try (FakePbs server =
              server(attempt.getKey(), (peer, call) -> endless(peer, call, 400, sent));
          BackupSession session = Sessions.backup(server)) {
        assertThatThrownBy(() -> attempt.getValue().run(session))
            .as(attempt.getKey())
            .isInstanceOfSatisfying(
                PbsException.class, e -> assertThat(e.serverText()).hasSize(64 << 10));
      }
    }
  }

  /** Until the client gives the stream up and takes no more. */
  private static void endless(H2Peer peer, H2Peer.Call call, int status, AtomicLong sent)
      throws IOException {
    peer.answer(call.stream(), status, new byte[0], false);
    byte[] part = new byte[16_384];
    Arrays.fill(part, (byte) 'x');
    try {
      // More than the largest answer of all; keeping to windows is for those who mean well.
      while (sent.addAndGet(part.length) < 65L * MIB) {
        peer.write(H2Peer.frame(H2Peer.DATA, 0, call.stream(), part));
      }
    } catch (IOException e) {
      // The client has had enough.
    }
  }

  @ParameterizedTest
  @MethodSource("wrongJson")
  void jsonOfAnyShapeButTheRightOneIsABadAnswer(String json) throws Exception {
    try (FakePbs server = server("fixed_index", (peer, call) -> peer.answer(call, 200, json));
        BackupSession session = Sessions.backup(server)) {
      assertThatThrownBy(() -> session.createIndex("a.img.fidx", 5))
          .isInstanceOf(BadAnswerException.class)
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2000));
    }
  }

  static List<String> wrongJson() {
    return List.of(
        "",
        "null",
        "[]",
        "{}",
        "{\"data\":1",
        "{\"data\":1}{\"data\":1}",
        "{\"data\":1,\"data\":1}",
        "{\"data\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}",
        "{\"data\":" + "9".repeat(60_000) + "}",
        "{\"data\":1e999999999}",
        "{\"data\":4294967297}",
        "{\"data\":\"" + "x".repeat(60_000) + "\"}",
        "\0\0\0\0");
  }

  @Test
  void framesThatNoServerSendsEndTheSession() throws Exception {
    Map<String, byte[]> frames = new LinkedHashMap<>();
    frames.put("noise", new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14});
    frames.put("a frame of 16 MiB", H2Peer.frame(H2Peer.DATA, 0, 3, new byte[0x1ff_fff]));
    frames.put("data on no stream", H2Peer.frame(H2Peer.DATA, 0, 0, new byte[10]));
    frames.put("headers on no stream", H2Peer.frame(H2Peer.HEADERS, 4, 0, new byte[] {8}));
    frames.put("an index of no header", H2Peer.frame(H2Peer.HEADERS, 4, 3, new byte[] {-1, 127}));
    frames.put("a header cut short", H2Peer.frame(H2Peer.HEADERS, 4, 3, new byte[] {8, 100, 50}));
    frames.put("settings of odd length", H2Peer.frame(H2Peer.SETTINGS, 0, 0, new byte[5]));
    frames.put("a window of nothing", H2Peer.frame(H2Peer.WINDOW_UPDATE, 0, 0, new byte[4]));
    frames.put("a ping of odd length", H2Peer.frame(H2Peer.PING, 0, 0, new byte[3]));
    frames.put("a short good-bye", H2Peer.frame(H2Peer.GOAWAY, 0, 0, new byte[2]));
    for (Map.Entry<String, byte[]> frame : frames.entrySet()) {
      try (FakePbs server = server("fixed_index", (peer, call) -> peer.write(frame.getValue()));
          BackupSession session = Sessions.backup(server)) {
        assertThatThrownBy(() -> session.createIndex("a.img.fidx", 5))
            .as(frame.getKey())
            .isInstanceOf(SessionLostException.class);
      }
    }
  }

  @Test
  void headersWithoutEndAreCutOff() throws Exception {
    AtomicLong sent = new AtomicLong();
    try (FakePbs server = server("fixed_index", (peer, call) -> headerFlood(peer, call, sent));
        BackupSession session = Sessions.backup(server)) {
      assertThatThrownBy(() -> session.createIndex("a.img.fidx", 5))
          .isInstanceOf(SessionLostException.class)
          .hasMessageContaining("header byte count limit");
      // What the buffers of two sockets and of TLS hold besides.
      assertThat(sent.get()).isLessThan(16L * MIB);
    }
  }

  private static void headerFlood(H2Peer peer, H2Peer.Call call, AtomicLong sent)
      throws IOException {
    byte[] name = "x-flood".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer block = ByteBuffer.allocate(16_000);
    while (block.remaining() > 120) {
      block.put((byte) 0).put((byte) name.length).put(name).put((byte) 100).put(new byte[100]);
    }
    byte[] fields = Arrays.copyOf(block.array(), block.position());
    peer.write(H2Peer.frame(H2Peer.HEADERS, 0, call.stream(), fields));
    try {
      while (sent.addAndGet(fields.length) < 2000L * MIB) {
        peer.write(H2Peer.frame(9, 0, call.stream(), fields));
      }
    } catch (IOException e) {
      // The client has had enough.
    }
  }

  /** Texts are matched with patterns, some of which take the square of a text's length. */
  @Test
  @Timeout(5)
  void aTextThatIsMadeForOurPatternsCostsNoTime() {
    String text = "Path 'download chunk backup owner check failed (".repeat(1300);
    for (int i = 0; i < 20; i++) {
      assertThat(Refusals.refused("x", 400, text).serverText()).hasSize(text.length());
    }
  }

  @Test
  void aServerThatSendsAByteNowAndThenIsGivenUpInTime() throws Exception {
    Timeouts timeouts =
        new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(4), Duration.ofSeconds(10));
    try (FakePbs server =
            server(
                "fixed_index",
                (peer, call) -> {
                  peer.answer(call.stream(), 200, new byte[0], false);
                  while (true) {
                    peer.write(H2Peer.frame(H2Peer.DATA, 0, call.stream(), new byte[] {' '}));
                    Thread.sleep(50);
                  }
                });
        BackupSession session = Sessions.backup(server, timeouts)) {
      assertThatThrownBy(() -> session.createIndex("a.img.fidx", 5))
          .isInstanceOf(OperationTimeoutException.class);
    }
  }
}
