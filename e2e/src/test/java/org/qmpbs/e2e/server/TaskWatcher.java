package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Starts tasks and waits for them, as a client does. */
record TaskWatcher(TestClient client) {
  private static final ObjectMapper JSON = new ObjectMapper();

  String start(String path, String form) throws IOException {
    RawConnection.Answer answer = client.rest("POST", path, form);
    if (answer.status() != 200) {
      throw new IOException(answer.status() + " " + answer.body());
    }
    return JSON.readTree(answer.body()).path("data").asText();
  }

  static String path(String upid) {
    return "/nodes/localhost/tasks/" + URLEncoder.encode(upid, StandardCharsets.UTF_8);
  }

  /** Its exit status. */
  String await(String upid) throws IOException {
    while (true) {
      JsonNode status =
          JSON.readTree(client.rest("GET", path(upid) + "/status").body()).path("data");
      if (status.path("status").asText().equals("stopped")) {
        return status.path("exitstatus").asText();
      }
    }
  }

  /** The log without times. */
  List<String> log(String upid) throws IOException {
    List<String> lines = new ArrayList<>();
    JSON.readTree(client.rest("GET", path(upid) + "/log?limit=0").body())
        .path("data")
        .forEach(line -> lines.add(line.path("t").asText().substring(27)));
    return lines;
  }
}
