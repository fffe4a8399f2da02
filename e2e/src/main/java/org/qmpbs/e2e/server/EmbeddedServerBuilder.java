package org.qmpbs.e2e.server;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Says what an {@link EmbeddedServer} is to be like. Not thread-safe. */
public final class EmbeddedServerBuilder {
  private final Path folder;
  private final Map<String, Path> datastores = new LinkedHashMap<>();
  private final Tokens tokens = new Tokens();
  private Clock clock = Clock.systemUTC();
  private RandomGenerator random = new SecureRandom();
  private Faults faults = Faults.NONE;
  private int port;
  private long bytesPerSecond;
  private boolean syncOnFinish;
  private boolean allChunkFolders;

  EmbeddedServerBuilder(Path folder) {
    this.folder = folder;
  }

  /** Serves {@code path}, which becomes a datastore if it is none. */
  public EmbeddedServerBuilder datastore(String name, Path path) {
    datastores.put(name, path);
    return this;
  }

  /**
   * Lets a token in.
   *
   * @param authId {@code user@realm!name}
   * @param privileges on every datastore; all of them if none is given
   */
  public EmbeddedServerBuilder token(String authId, String secret, Privilege... privileges) {
    Set<Privilege> granted =
        privileges.length == 0
            ? EnumSet.allOf(Privilege.class)
            : EnumSet.copyOf(List.of(privileges));
    tokens.add(authId, secret, granted);
    return this;
  }

  /** Lets a token in that is known but may do nothing. */
  public EmbeddedServerBuilder powerlessToken(String authId, String secret) {
    tokens.add(authId, secret, Set.of());
    return this;
  }

  /** The TCP port; 0, the default, takes a free one. */
  public EmbeddedServerBuilder port(int port) {
    this.port = port;
    return this;
  }

  /** The time in files and certificate. */
  public EmbeddedServerBuilder clock(Clock clock) {
    this.clock = clock;
    return this;
  }

  /** Where the names (UUIDs) of index files come from. */
  public EmbeddedServerBuilder random(RandomGenerator random) {
    this.random = random;
    return this;
  }

  /** What goes wrong. */
  public EmbeddedServerBuilder faults(Faults faults) {
    this.faults = faults;
    return this;
  }

  /** Bounds each connection in each direction; 0, the default, does not. */
  public EmbeddedServerBuilder bytesPerSecond(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
    return this;
  }

  /**
   * Whether {@code finish} waits until all chunks are on disk, which is the real server's default.
   * Tests do without: it waits for everything that others write to the same file system.
   */
  public EmbeddedServerBuilder syncOnFinish(boolean syncOnFinish) {
    this.syncOnFinish = syncOnFinish;
    return this;
  }

  /**
   * Whether to make all 65536 chunk folders at once, which a real server expects when it adopts the
   * datastore. Otherwise each is made when it is needed.
   */
  public EmbeddedServerBuilder allChunkFolders(boolean allChunkFolders) {
    this.allChunkFolders = allChunkFolders;
    return this;
  }

  /**
   * Opens the datastores and starts to listen.
   *
   * @throws IOException if a folder cannot be used, or the port is taken
   */
  public EmbeddedServer start() throws IOException {
    Map<String, Datastore> opened = new LinkedHashMap<>();
    boolean started = false;
    try {
      for (Map.Entry<String, Path> entry : datastores.entrySet()) {
        Datastore store = Datastore.open(entry.getKey(), entry.getValue(), clock);
        opened.put(entry.getKey(), store);
        if (allChunkFolders) {
          store.chunks().createFolders();
        }
      }
      EmbeddedServer server =
          EmbeddedServer.start(
              this, new ServerSettings(Map.copyOf(opened), tokens, clock, random, syncOnFinish));
      started = true;
      return server;
    } finally {
      if (!started) {
        for (Datastore store : opened.values()) {
          store.close();
        }
      }
    }
  }

  Path folder() {
    return folder;
  }

  Faults faults() {
    return faults;
  }

  int port() {
    return port;
  }

  long bytesPerSecond() {
    return bytesPerSecond;
  }
}
