package org.qmpbs.client.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A server that gives back what it was told in confidence, in three ways. */
final class LeakyServer implements AutoCloseable {
  static final String TICKET = "PBS:me@pbs:kanari-ticket+/=::sign";
  static final String CSRF = "kanari-csrf+/=";
  private static final char[] STORE_PASSWORD = "changeit".toCharArray();

  /** What it does to whoever comes. */
  enum Mode {
    /** 401 to everything. */
    REFUSES,
    /** 500, with the request as the text. */
    ECHOES,
    /** Lets everybody in, answers some calls, and the rest with the request or not at all. */
    BREAKS
  }

  private final Mode mode;
  private final SSLServerSocket listener;
  private final String fingerprint;

  /** All that it was told. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  LeakyServer(Mode mode, Path folder) throws Exception {
    this.mode = mode;
    KeyStore keys = keys(folder);
    fingerprint =
        HexFormat.ofDelimiter(":")
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(keys.getCertificate("mykey").getEncoded()));
    listener = listen(keys);
    Thread thread = new Thread(this::serve, "test-leaky-server");
    thread.setDaemon(true);
    thread.start();
  }

  private static KeyStore keys(Path folder) throws Exception {
    Path file = folder.resolve("server.p12");
    if (Files.notExists(file)) {
      String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
      String line =
          "-genkeypair -keyalg EC -groupname secp256r1 -dname CN=localhost -storetype PKCS12"
              + " -storepass changeit -keystore ";
      List<String> command = new java.util.ArrayList<>(List.of((tool + " " + line).split(" ")));
      command.add(file.toString());
      Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException(output);
      }
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, STORE_PASSWORD);
    }
    return keys;
  }

  private static SSLServerSocket listen(KeyStore keys)
      throws GeneralSecurityException, IOException {
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, STORE_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return (SSLServerSocket)
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  String fingerprint() {
    return fingerprint;
  }

  String repository(String user) {
    return user + "@127.0.0.1:" + listener.getLocalPort() + ":store1";
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket socket = listener.accept()) {
        String request = request(socket.getInputStream());
        requests.add(request);
        socket.getOutputStream().write(answer(request).getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
      } catch (IOException e) {
        // A client that hangs up, or the end of the test.
      }
    }
  }

  private static String request(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
      int octet = in.read();
      if (octet < 0) {
        break;
      }
      head.write(octet);
    }
    String text = head.toString(StandardCharsets.UTF_8);
    String length = text.replaceFirst("(?is).*\r\ncontent-length: ([0-9]+)\r\n.*", "$1");
    int body = length.equals(text) ? 0 : Integer.parseInt(length);
    return text + new String(in.readNBytes(body), StandardCharsets.UTF_8);
  }

  private String answer(String request) {
    return switch (mode) {
      case REFUSES -> http(401, "permission check failed.");
      case ECHOES -> http(500, request);
      case BREAKS -> breaking(request);
    };
  }

  private static String breaking(String request) {
    if (request.startsWith("POST /api2/json/access/ticket")) {
      return http(
          200,
          "{\"data\":{\"username\":\"me@pbs\",\"ticket\":\""
              + TICKET
              + "\",\"CSRFPreventionToken\":\""
              + CSRF
              + "\"}}");
    }
    if (request.startsWith("GET /api2/json/version")) {
      return http(200, "{\"data\":{\"version\":\"4.1\"}}");
    }
    if (request.contains("/snapshots")) {
      return http(
          200,
          "{\"data\":[{\"backup-type\":\"vm\",\"backup-id\":\"100\",\"backup-time\":1795251600,"
              + "\"owner\":\"me@pbs\",\"files\":[{\"filename\":\"drive-scsi0.img.fidx\"},"
              + "{\"filename\":\"index.json.blob\"}]}]}");
    }
    if (request.contains("Upgrade: ")) {
      return "HTTP/1.1 101 X\r\nUpgrade: " + request.replace("\r\n", " ") + "\r\n\r\n";
    }
    return http(200, request.replaceFirst("(?s).*\r\n(Cookie|Authorization): ", ""));
  }

  private static String http(int status, String text) {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return "HTTP/1.1 "
        + status
        + " X\r\nConnection: close\r\nContent-Length: "
        + length
        + "\r\n\r\n"
        + text;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
