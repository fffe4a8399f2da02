package org.qmpbs.e2e.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.qmpbs.e2e.server.EmbeddedServer;

/**
 * Serves one datastore on the loopback interface until it is ended by a signal.
 *
 * <p>It writes how to reach it into a file of shell variables that clients can read ({@code
 * PBS_REPOSITORY} and its kin). The file appears when the server listens, and only its owner can
 * read it, since it holds the token.
 */
public final class DemoServer {
  private static final String AUTH_ID = "demo@pbs!qmpbs";
  private static final String STORE = "demo";

  private DemoServer() {}

  /**
   * Serves.
   *
   * @param args folder of the datastore, and path of the file to write
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 2) {
      System.err.println("usage: DemoServer DATASTORE-FOLDER SETTINGS-FILE");
      System.exit(2);
    }
    Path folder = Path.of(args[0]).toAbsolutePath();
    String secret =
        new UUID(new SecureRandom().nextLong(), new SecureRandom().nextLong()).toString();
    EmbeddedServer server =
        EmbeddedServer.builder(folder.resolveSibling(folder.getFileName() + ".server"))
            .datastore(STORE, folder)
            .token(AUTH_ID, secret)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "server-stop"));
    write(
        Path.of(args[1]).toAbsolutePath(),
        "PBS_REPOSITORY='%s'%nPBS_PASSWORD='%s'%nPBS_FINGERPRINT='%s'%n"
            .formatted(server.repository(AUTH_ID, STORE), secret, server.fingerprint()));
    new CountDownLatch(1).await();
  }

  /** A reader sees the whole file or none. */
  private static void write(Path file, String content) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    Files.createFile(
        unfinished,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(unfinished, content);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void close(EmbeddedServer server) {
    try {
      server.close();
    } catch (IOException problem) {
      System.err.println("the server did not stop cleanly: " + problem);
    }
  }
}
