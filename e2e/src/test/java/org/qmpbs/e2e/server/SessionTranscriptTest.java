package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Digest;

/**
 * Replays whole sessions with a real server, call by call, good and bad ones. The bodies of the
 * recording are not known, only their sizes and digests; others of the same sizes take their place,
 * and their digests that of the recorded ones.
 */
class SessionTranscriptTest {
  private static final byte[] CHUNK_A = TestData.chunk(11);
  private static final byte[] CHUNK_B = TestData.chunk(12);
  private static final byte[] SHORT_C = TestData.random(13, 1000);
  private static final byte[] SHORT_D = TestData.random(14, 1001);
  private static final String FOLDER = "/mnt/datastore/transcript";
  private static final Pattern CALL =
      Pattern.compile(
          "  (?<method>GET|POST|PUT) (?<path>\\S+)(?:  (?:\\[(?<size>\\d+) bytes]|(?<body>.*)))?");

  /** Recorded digest to ours; the last two are index checksums. */
  private static final Map<String, Digest> DIGESTS =
      Map.of(
          "f3145151e8f7ceefd1660cb2f25690f74bfb381f8febaf97bb809396d40473fa",
          Digest.sha256(CHUNK_A),
          "6004526c2959cf8f1a3a07e017f12f1b6dcfd2718c94831b6f0de578be0a38fe",
          Digest.sha256(CHUNK_B),
          "e75e56c7116b8836cd939e9b534869607216ebe9b452708afeb43280e9cc4c13",
          Digest.sha256(SHORT_C),
          "e6fa3ed471a4c4faae5d0eb649620536371f872578a5821b70cb4bed983cd636",
          Digest.sha256(SHORT_D),
          "4bf88345e4977969f5ce28a851d17859bea851efc28934f9c283a880d7fe9d43",
          TestData.checksum(CHUNK_A, CHUNK_B, SHORT_C),
          "e21f6b4a5b8a386d5dc334956b26be1c79b4367c1a2a19bbfdaf63cc28c041a1",
          TestData.checksum(CHUNK_A, CHUNK_A, SHORT_C));

  @TempDir Path folder;
  private final List<RawSession> sessions = new ArrayList<>();
  private int calls;

  private List<String> transcript() throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(getClass().getResourceAsStream("/golden/session/transcript.txt"))) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, Digest> digest : DIGESTS.entrySet()) {
        text = text.replace(digest.getKey(), digest.getValue().hex());
      }
      Path store = folder.resolve("transcript").toAbsolutePath();
      return text.replace(FOLDER, store.toString()).lines().toList();
    }
  }

  @Test
  void everyCallIsAnsweredAsTheRealServerDid() throws Exception {
    try (EmbeddedServer server =
        EmbeddedServer.builder(folder)
            .datastore("transcript", folder.resolve("transcript"))
            .token("test@pbs!tok", "secret")
            .powerlessToken("test@pbs!none", "secret")
            .start()) {
      replay(server, transcript());
    }
    // As many as the recording has; a replay that skips some would prove less than it says.
    assertThat(calls).isEqualTo(102);
  }

  private void replay(EmbeddedServer server, List<String> lines) throws Exception {
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher call = CALL.matcher(line);
      if (line.startsWith("GET ")) {
        ask(server, line, lines.subList(i + 1, lines.size()));
        calls++;
      } else if (line.equals("  (connection closed)")) {
        sessions.remove(sessions.size() - 1).close();
        waitForCleanUp(server);
      } else if (call.matches()) {
        compare(call, lines.get(i + 1));
        calls++;
      }
    }
  }

  private void waitForCleanUp(EmbeddedServer server) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (server.openSessions() > sessions.size()) {
      assertThat(System.nanoTime()).as("a session is not cleaned up").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private void ask(EmbeddedServer server, String line, List<String> rest) throws IOException {
    String[] parts = line.split("   Upgrade: ", 2);
    String path = parts[0].substring("GET ".length());
    String status = rest.get(0).substring("  ← HTTP/1.1 ".length());
    TestClient client =
        new TestClient(
            server.port(),
            status.startsWith("403") ? "test@pbs!none" : "test@pbs!tok",
            status.startsWith("401") ? "wrong" : "secret");
    RawConnection connection = new RawConnection(server.port());
    RawConnection.Answer answer = client.ask(connection, path, parts[1]);
    String text = answer.status() + " " + answer.reason() + "  " + answer.body();
    assertThat(text.strip()).as(line).isEqualTo(status);
    if (answer.status() == 101) {
      for (String header : rest.subList(1, 3)) {
        String[] pair = header.substring("  ← ".length()).split(": ", 2);
        assertThat(answer.headers()).containsEntry(pair[0], pair[1]);
      }
      sessions.add(new RawSession(connection));
    } else {
      connection.close();
    }
  }

  private void compare(Matcher call, String expectedLine) throws IOException {
    String expected = expectedLine.substring("    → ".length());
    String size = call.group("size");
    String text = call.group("body");
    byte[] body = new byte[0];
    String type = "";
    if (size != null) {
      body = upload(call.group("path"), Integer.parseInt(size), expected);
      assertThat(body).as("body of %s", call.group()).hasSize(Integer.parseInt(size));
    } else if (text != null) {
      body = whole(text).getBytes(StandardCharsets.UTF_8);
      type = "application/json";
    }
    RawSession session = sessions.get(sessions.size() - 1);
    RawSession.Answer answer = session.call(call.group("method"), call.group("path"), type, body);
    if (!expected.endsWith("application/octet-stream]")) {
      assertThat(answer.status() + " " + answer.text()).as(call.group()).isEqualTo(expected);
    } else {
      assertThat(answer.status()).as(call.group()).isEqualTo(200);
      // How well the manifest compresses is zstd's business; it differs with its content, too.
      if (!call.group("path").contains("index.json.blob")) {
        assertThat(expected).startsWith("200 [" + answer.body().length + " bytes");
      }
    }
  }

  /** Long lines were shortened by the recorder, which says how long they were. */
  private static String whole(String text) {
    int cut = text.indexOf('…');
    if (cut < 0) {
      return text;
    }
    String full =
        "{\"wid\":1,\"digest-list\":[\""
            + Digest.sha256(CHUNK_A)
            + "\",\""
            + Digest.sha256(CHUNK_B)
            + "\",\""
            + Digest.sha256(SHORT_C)
            + "\"],\"offset-list\":[0,4194304,8388608]}";
    assertThat(text).endsWith("(" + full.length() + " characters)");
    return full;
  }

  private static byte[] upload(String path, int size, String expected) {
    if (path.startsWith("/blob")) {
      byte[] manifest = manifest(size);
      return expected.contains("wrong CRC") ? withOtherCrc(manifest) : manifest;
    }
    if (expected.contains("wrong magic")) {
      return new byte[size];
    }
    byte[] plain =
        switch (size) {
          case 1012 -> SHORT_C;
          case 1013 -> SHORT_D;
          default -> path.contains(Digest.sha256(CHUNK_A).hex()) ? CHUNK_A : CHUNK_B;
        };
    // The CRC of a chunk is the server's to make, so a wrong one has to make no difference.
    return expected.contains("multiple end chunks")
        ? withOtherCrc(TestData.blob(plain))
        : TestData.blob(plain);
  }

  private static byte[] withOtherCrc(byte[] blob) {
    byte[] other = blob.clone();
    other[8] ^= 1;
    return other;
  }

  private static byte[] manifest(int size) {
    byte[] shortest = TestData.manifest("vm", "t1", 1_700_000_000);
    byte[] plain = java.util.Arrays.copyOfRange(shortest, 12, size);
    java.util.Arrays.fill(plain, shortest.length - 12, plain.length, (byte) ' ');
    return TestData.blob(plain);
  }
}
