package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays all recorded REST calls, on the datastore that they were recorded with. What cannot be
 * equal (sizes of the disk, numbers of processes, times, signatures) has to have the same form.
 */
class RestTranscriptTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The bodies were not recorded; these are what the answers tell of them. */
  private static final Map<String, String> BODIES =
      Map.of(
          "POST /admin/datastore/golden/prune",
          "backup-type=vm&backup-id=plain&keep-last=1&dry-run=1",
          "PUT /admin/datastore/golden/protected",
          "backup-type=vm&backup-id=plain&backup-time=1700000000&protected=1",
          "POST /admin/datastore/golden/verify",
          "backup-type=vm&backup-id=signed");

  @TempDir Path folder;
  private EmbeddedServer server;

  @BeforeEach
  void start() throws IOException {
    GoldenStore.copyTo(folder.resolve("golden"));
    server =
        EmbeddedServer.builder(folder)
            .datastore("golden", folder.resolve("golden"))
            .user("test@pbs", "password")
            .token("test@pbs!tok", "secret")
            .start();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static List<String> transcript() throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(
            RestTranscriptTest.class.getResourceAsStream("/golden/rest/transcript.txt"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void everyCallIsAnsweredAsByTheRealServer() throws IOException {
    TestClient client = new TestClient(server.port(), "test@pbs!tok", "secret");
    List<String> lines = transcript();
    int compared = 0;
    for (int i = 0; i + 2 < lines.size(); i++) {
      String call = lines.get(i);
      if (call.matches("(GET|PUT|POST|DELETE) /.*")) {
        String[] request = call.split(" ", 2);
        RawConnection.Answer answer =
            client.rest(request[0], request[1], BODIES.getOrDefault(call, ""));
        assertThat("HTTP " + answer.status()).as(call).isEqualTo(lines.get(i + 2));
        assertThat(comparable(call, answer.body()))
            .as(call)
            .isEqualTo(comparable(call, lines.get(i + 1)));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(15);
  }

  @Test
  void everyLoginIsAnsweredAsByTheRealServer() throws IOException {
    List<String> lines = transcript();
    RawConnection.Answer token =
        ask("GET", "/version", Map.of("Authorization", "PBSAPIToken=test@pbs!tok:secret"), "");
    assertThat(token.body()).isEqualTo(lines.get(0));
    assertThat("with = sign: HTTP " + token.status()).isEqualTo(lines.get(1));

    int at = lines.indexOf("wrong secret: HTTP 401");
    RawConnection.Answer wrong =
        ask("GET", "/version", Map.of("Authorization", "PBSAPIToken test@pbs!tok:wrong"), "");
    assertThat(wrong.body()).isEqualTo(lines.get(at - 1));
    assertThat("wrong secret: HTTP " + wrong.status()).isEqualTo(lines.get(at));

    RawConnection.Answer bad = login("wrong");
    assertThat(bad.body()).isEqualTo(lines.get(at + 1));
    assertThat("bad password: HTTP " + bad.status()).isEqualTo(lines.get(at + 2));

    RawConnection.Answer good = login("password");
    assertThat("HTTP/1.1 " + good.status() + " " + good.reason()).isEqualTo(lines.get(at + 3));
    assertThat(good.headers().get("content-type"))
        .isEqualTo(lines.get(at + 4).substring("content-type: ".length()));
    assertThat(good.headers()).doesNotContainKey("set-cookie");
    assertThat(ticketless(good.body())).isEqualTo(ticketless(lines.get(lines.size() - 1)));
  }

  private RawConnection.Answer login(String password) throws IOException {
    return ask(
        "POST",
        "/access/ticket",
        Map.of("Content-Type", "application/json"),
        "{\"username\":\"test@pbs\",\"password\":\"" + password + "\"}");
  }

  private RawConnection.Answer ask(
      String method, String path, Map<String, String> headers, String body) throws IOException {
    try (RawConnection connection = new RawConnection(server.port())) {
      return connection.request(method, "/api2/json" + path, headers, body);
    }
  }

  /** Times have eight digits; behind them stands something that nobody else can make. */
  private static String ticketless(String body) {
    return body.replaceAll("\"[0-9A-F]{8}:[^\"]+\"", "\"TIME:TOKEN\"")
        .replaceAll(":[0-9A-F]{8}::[^\"]+\"", ":TIME::SIGNATURE\"");
  }

  /** Folders have no order, a disk's size is its own, and so are names of processes. */
  private static String comparable(String call, String body) throws IOException {
    if (!body.startsWith("{")) {
      return body;
    }
    JsonNode document = JSON.readTree(body);
    if (call.contains("/golden/status")) {
      TreeMap<String, String> kinds = new TreeMap<>();
      document
          .path("data")
          .properties()
          .forEach(field -> kinds.put(field.getKey(), field.getValue().getNodeType().name()));
      return kinds.toString();
    }
    if (call.endsWith("/verify")) {
      return body.replaceAll(
          "UPID:[a-z]+:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:[0-9A-F]{8}:", "UPID:");
    }
    return sorted(document);
  }

  private static String sorted(JsonNode node) {
    if (node.isArray()) {
      List<String> items = new ArrayList<>();
      node.forEach(item -> items.add(sorted(item)));
      items.sort(Comparator.naturalOrder());
      return items.toString();
    }
    if (node.isObject()) {
      TreeMap<String, String> fields = new TreeMap<>();
      node.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
      return fields.toString();
    }
    return node.toString();
  }
}
