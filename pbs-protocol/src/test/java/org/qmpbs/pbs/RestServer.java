package org.qmpbs.pbs;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that gives every request the same answer, and keeps what it was asked. */
final class RestServer implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: ([0-9]+)");

  final List<String> bodies = new CopyOnWriteArrayList<>();
  private final FakePbs fake;
  final PbsServer client;

  RestServer(int status, String answer) throws Exception {
    fake =
        new FakePbs(
            TestCertificate.LOCALHOST,
            (server, socket) -> {
              String head = server.readHead(socket);
              while (!head.isEmpty()) {
                Matcher length = LENGTH.matcher(head);
                int size = length.find() ? Integer.parseInt(length.group(1)) : 0;
                bodies.add(
                    new String(
                        socket.getInputStream().readNBytes(size), StandardCharsets.ISO_8859_1));
                server.respond(socket, status, answer);
                head = server.readHead(socket);
              }
            });
    client = Sessions.pinned(fake);
  }

  static RestServer golden(String name) throws Exception {
    return new RestServer(200, new String(Golden.read(name), StandardCharsets.UTF_8));
  }

  static RestServer data(String data) throws Exception {
    return new RestServer(200, "{\"data\":" + data + "}");
  }

  DatastoreAdmin admin() {
    return client.administration();
  }

  /** Method and target of the last request. */
  String asked() {
    String head = fake.heads.get(fake.heads.size() - 1);
    return head.substring(0, head.indexOf(" HTTP/1.1"))
        .replace("/api2/json/admin/datastore/store1/", "")
        .replace("/api2/json/", "/");
  }

  String head() {
    return fake.heads.get(fake.heads.size() - 1);
  }

  String body() {
    return bodies.get(bodies.size() - 1);
  }

  @Override
  public void close() throws Exception {
    client.close();
    fake.close();
  }
}
