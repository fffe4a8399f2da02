package org.qmpbs.e2e.server;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a connection becomes a session. The order of the checks is the real server's, as
 * it decides which of two problems a client hears of.
 */
final class SessionOpener {
  static final String BACKUP_PATH = "/api2/json/backup";
  static final String READER_PATH = "/api2/json/reader";
  static final String BACKUP_PROTOCOL = "proxmox-backup-protocol-v1";
  static final String READER_PROTOCOL = "proxmox-backup-reader-protocol-v1";

  private static final Set<Privilege> READING = Set.of(Privilege.READ, Privilege.BACKUP);
  private static final Schema READER_SCHEMA = snapshotSchema().build();
  private static final Schema BACKUP_SCHEMA =
      snapshotSchema()
          .optional("benchmark", ParameterType.flag())
          .optional("no-cache", ParameterType.flag())
          .build();

  private final ServerSettings settings;

  SessionOpener(ServerSettings settings) {
    this.settings = settings;
  }

  /**
   * A session and the protocol to announce for it.
   *
   * @param protocol value of the {@code Upgrade} header
   */
  record Opened(String protocol, Session session) {}

  private static Schema.Builder snapshotSchema() {
    return Schema.builder()
        .required("store", ParameterType.text(Names.SAFE_ID_PATTERN))
        .optional("ns", ParameterType.text(Namespace.PATTERN))
        .required("backup-type", ParameterType.oneOf(Names.TYPES))
        .required("backup-id", ParameterType.text(Names.SAFE_ID_PATTERN))
        .required("backup-time", ParameterType.integer(1, Long.MAX_VALUE))
        .optional("debug", ParameterType.flag());
  }

  Opened backup(Principal principal, Map<String, List<String>> query, @Nullable String upgrade)
      throws IOException, Refused {
    Parameters parameters = BACKUP_SCHEMA.verify(query);
    SnapshotName snapshot = parameters.snapshot();
    Namespace namespace = snapshot.group().namespace();
    String storeName = parameters.text("store");
    if (!principal.has(Privilege.BACKUP, namespace.aclPath(storeName))) {
      throw new Refused(
          403,
          "missing permissions '"
              + Privilege.BACKUP.serverName()
              + "' on '"
              + namespace.aclPath(storeName)
              + "'");
    }
    Datastore store = settings.datastore(storeName);
    requireProtocol(upgrade, BACKUP_PROTOCOL);
    if (!Files.isDirectory(store.path(namespace))) {
      throw new Refused(404, "namespace not found");
    }
    boolean isBenchmarkGroup =
        snapshot.group().type().equals("host") && snapshot.group().id().equals("benchmark");
    if (isBenchmarkGroup && !parameters.flag("benchmark")) {
      throw Refused.badRequest("unable to run benchmark without --benchmark flags");
    }
    if (!isBenchmarkGroup && parameters.flag("benchmark")) {
      throw Refused.badRequest("benchmark flags is only allowed on 'host/benchmark'");
    }
    return new Opened(BACKUP_PROTOCOL, BackupSession.open(store, principal, snapshot, settings));
  }

  Opened reader(Principal principal, Map<String, List<String>> query, @Nullable String upgrade)
      throws IOException, Refused {
    Parameters parameters = READER_SCHEMA.verify(query);
    SnapshotName snapshot = parameters.snapshot();
    String storeName = parameters.text("store");
    String path = snapshot.group().namespace().aclPath(storeName);
    if (!principal.hasAny(READING, path)) {
      throw Refused.badRequest("no permissions on " + path);
    }
    Datastore store = settings.datastore(storeName);
    requireProtocol(upgrade, READER_PROTOCOL);
    return new Opened(READER_PROTOCOL, ReaderSession.open(store, principal, snapshot));
  }

  private static void requireProtocol(@Nullable String upgrade, String protocol) throws Refused {
    if (upgrade == null) {
      throw Refused.badRequest("missing Upgrade header");
    }
    if (!upgrade.equals(protocol)) {
      throw Refused.badRequest("invalid protocol name");
    }
  }
}
