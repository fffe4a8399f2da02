package org.qmpbs.e2e.server;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.qmpbs.chunker.Digest;

/** One token at one server. */
record TestClient(int port, String authId, String secret) {
  static final String BACKUP = "proxmox-backup-protocol-v1";
  static final String READER = "proxmox-backup-reader-protocol-v1";

  private Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Authorization", "PBSAPIToken " + authId + ":" + secret);
    return headers;
  }

  RawConnection.Answer rest(String method, String path) throws IOException {
    return rest(method, path, "");
  }

  /** A form as the body, unless it is empty. */
  RawConnection.Answer rest(String method, String path, String form) throws IOException {
    Map<String, String> headers = headers();
    if (!form.isEmpty()) {
      headers.put("Content-Type", "application/x-www-form-urlencoded");
    }
    try (RawConnection connection = new RawConnection(port)) {
      return connection.request(method, "/api2/json" + path, headers, form);
    }
  }

  /** Sends a file. */
  RawConnection.Answer upload(String path, byte[] body) throws IOException {
    Map<String, String> headers = headers();
    headers.put("Content-Type", "application/octet-stream");
    try (RawConnection connection = new RawConnection(port)) {
      return connection.request("POST", "/api2/json" + path, headers, body);
    }
  }

  /** The answer to a request for a session, which may be the refusal that is wanted. */
  RawConnection.Answer ask(RawConnection connection, String path, String protocol)
      throws IOException {
    Map<String, String> headers = headers();
    headers.put("Connection", "Upgrade");
    headers.put("Upgrade", protocol);
    return connection.request("GET", path, headers, "");
  }

  RawSession session(String path, String protocol) throws IOException {
    RawConnection connection = new RawConnection(port);
    RawConnection.Answer answer = ask(connection, path, protocol);
    if (answer.status() != 101) {
      connection.close();
      throw new IOException(answer.status() + " " + answer.body());
    }
    return new RawSession(connection);
  }

  RawSession backup(String store, String group, long time) throws IOException {
    return session("/api2/json/backup?" + parameters(store, group, time), BACKUP);
  }

  RawSession reader(String store, String group, long time) throws IOException {
    return session("/api2/json/reader?" + parameters(store, group, time), READER);
  }

  static String parameters(String store, String group, long time) {
    String[] parts = group.split("/", -1);
    return "backup-type="
        + parts[0]
        + "&backup-id="
        + parts[1]
        + "&backup-time="
        + time
        + "&store="
        + store;
  }

  static String chunkPath(int writer, byte[] plain, byte[] encoded) {
    return chunkPath(writer, Digest.sha256(plain).hex(), plain.length, encoded.length);
  }

  static String chunkPath(int writer, String digest, long size, long encodedSize) {
    return "/fixed_chunk?wid="
        + writer
        + "&digest="
        + digest
        + "&size="
        + size
        + "&encoded-size="
        + encodedSize;
  }
}
