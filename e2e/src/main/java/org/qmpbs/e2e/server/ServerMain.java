package org.qmpbs.e2e.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Runs an {@link EmbeddedServer} until SIGTERM, for the demo and by hand.
 *
 * <pre>
 * --datastore DIR     the datastore's folder; its last name is the datastore's name
 * --port N            default 8007; 0 takes a free one
 * --token-file FILE   one line user@realm!name:SECRET; made with a new secret if it is not there
 * --user-file FILE    lines user@realm:PASSWORD; users who log in with a password
 * --state DIR         where the certificate lies; default: the folder of the token file
 * --chunk-folders all makes the 65536 folders that a real server expects when it adopts the
 *                     datastore, which takes a while; default: used
 * </pre>
 *
 * <p>It prints {@code PBS_REPOSITORY=…}, {@code PBS_FINGERPRINT=…} and {@code READY}, a line each,
 * once it listens.
 */
public final class ServerMain {
  private static final String NEW_TOKEN = "demo@pbs!qmpbs";
  private static final String USAGE =
      "usage: ServerMain --datastore DIR --token-file FILE [--port N] [--state DIR]"
          + " [--chunk-folders all|used] [--user-file FILE]";
  private static final int SECRET_BYTES = 16;
  private static final String DEFAULT_PORT = "8007";

  private ServerMain() {}

  /** Ends with 2 if the options are wrong, and with 1 if the server cannot start. */
  public static void main(String[] arguments) throws InterruptedException {
    try {
      // The server's own threads are daemons; it ends with the process, through the hook.
      EmbeddedServer server = start(arguments, System.out);
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> closeQuietly(server), "pbs-server-end"));
      new CountDownLatch(1).await();
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + USAGE);
      System.exit(2);
    } catch (IOException e) {
      System.err.println("the server cannot run: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void closeQuietly(EmbeddedServer server) {
    try {
      server.close();
    } catch (IOException e) {
      System.err.println("while ending: " + e.getMessage());
    }
  }

  static EmbeddedServer start(String[] arguments, PrintStream out) throws IOException {
    Map<String, String> options = parse(arguments);
    Path datastore = Path.of(required(options, "--datastore")).toAbsolutePath().normalize();
    Path tokenFile = Path.of(required(options, "--token-file")).toAbsolutePath().normalize();
    String[] token = token(tokenFile);
    String state = options.getOrDefault("--state", String.valueOf(tokenFile.getParent()));
    String name = String.valueOf(datastore.getFileName());
    EmbeddedServerBuilder builder = EmbeddedServer.builder(Path.of(state));
    if (options.containsKey("--user-file")) {
      addUsers(builder, Path.of(required(options, "--user-file")));
    }
    EmbeddedServer server =
        builder
            .datastore(name, datastore)
            .token(token[0], token[1])
            .port(port(options.getOrDefault("--port", DEFAULT_PORT)))
            .syncOnFinish(true)
            .allChunkFolders(options.getOrDefault("--chunk-folders", "used").equals("all"))
            .start();
    out.println("PBS_REPOSITORY=" + server.repository(token[0], name));
    out.println("PBS_FINGERPRINT=" + server.fingerprint());
    out.println("READY");
    out.flush();
    return server;
  }

  private static Map<String, String> parse(String[] arguments) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (!USAGE.contains(arguments[i] + " ") || !arguments[i].startsWith("--")) {
        throw new IllegalArgumentException("unknown option " + arguments[i]);
      }
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[i] + " needs a value");
      }
      options.put(arguments[i], arguments[i + 1]);
    }
    return options;
  }

  private static String required(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--port " + text + " is not a number", e);
    }
    throw new IllegalArgumentException("--port " + text + " is not between 0 and 65535");
  }

  private static void addUsers(EmbeddedServerBuilder builder, Path file) throws IOException {
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split(":", 2);
      if (parts.length != 2 || !parts[0].contains("@") || parts[0].contains("!")) {
        throw new IllegalArgumentException(
            file + " holds a line that is not of the form user@realm:PASSWORD");
      }
      builder.user(parts[0], parts[1]);
    }
  }

  /** Id and secret. */
  private static String[] token(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] secret = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(secret);
      Files.createDirectories(file.resolveSibling("."));
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(
          file, NEW_TOKEN + ":" + HexFormat.of().formatHex(secret) + "\n", StandardCharsets.UTF_8);
    }
    String[] parts = Files.readString(file).strip().split(":", 2);
    if (parts.length != 2 || !parts[0].contains("!")) {
      throw new IllegalArgumentException(
          file + " does not hold one line of the form user@realm!name:SECRET");
    }
    return parts;
  }
}
