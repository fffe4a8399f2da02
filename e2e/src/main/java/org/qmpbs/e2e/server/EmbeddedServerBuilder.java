package org.qmpbs.e2e.server;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneId;
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
  private final Passwords passwords = new Passwords();
  private final AccessRules rules = new AccessRules();
  private TicketStyle ticketStyle = TicketStyle.COOKIE_ON_REQUEST;
  private Clock clock = Clock.systemUTC();
  private ZoneId zone = ZoneId.systemDefault();
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
   * @param privileges on every datastore, as far as the token's user has them; all of them if none
   *     is given
   */
  public EmbeddedServerBuilder token(String authId, String secret, Privilege... privileges) {
    tokens.add(authId, secret);
    rules.grant(authId, "/datastore", orAll(privileges), true);
    return this;
  }

  private static Set<Privilege> orAll(Privilege... privileges) {
    return privileges.length == 0 ? Privilege.DATASTORE_ADMIN : Set.of(privileges);
  }

  /**
   * Lets a user log in with a password.
   *
   * @param user {@code user@realm}
   * @param privileges on every datastore; all of them if none is given. The user's tokens have no
   *     others
   */
  public EmbeddedServerBuilder user(String user, String password, Privilege... privileges) {
    passwords.add(user, password);
    rules.grant(user, "/datastore", orAll(privileges), true);
    return this;
  }

  /** Makes a password worth a challenge, {@code PBS:!tfa!…}, instead of a ticket. */
  public EmbeddedServerBuilder secondFactor(String user) {
    passwords.requireSecondFactor(user);
    return this;
  }

  /**
   * Replaces the rights of a user or token at a path and below it.
   *
   * @param path for instance {@code /datastore/store1/a/b} for the namespace {@code a/b}
   * @param privileges none takes all away
   */
  public EmbeddedServerBuilder rights(String authId, String path, Privilege... privileges) {
    rules.grant(authId, path, List.of(privileges), true);
    return this;
  }

  /** What logins answer; by default as 4.1.1 does. */
  public EmbeddedServerBuilder tickets(TicketStyle style) {
    this.ticketStyle = style;
    return this;
  }

  /** Lets a token in that is known but may do nothing. */
  public EmbeddedServerBuilder powerlessToken(String authId, String secret) {
    tokens.add(authId, secret);
    rules.grant(authId, "/datastore", Set.of(), true);
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

  /** The server's time zone, whose days and weeks count for retention. */
  public EmbeddedServerBuilder zone(ZoneId zone) {
    this.zone = zone;
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
      EmbeddedServer server = EmbeddedServer.start(this, Map.copyOf(opened));
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

  ServerSettings settings(Map<String, Datastore> opened, Certificate certificate) {
    Authenticator authenticator =
        new Authenticator(tokens, passwords, new Tickets(certificate, clock), rules);
    return new ServerSettings(
        opened,
        authenticator,
        ticketStyle,
        clock,
        zone,
        new Tasks(clock, zone),
        random,
        syncOnFinish);
  }

  Clock clock() {
    return clock;
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
