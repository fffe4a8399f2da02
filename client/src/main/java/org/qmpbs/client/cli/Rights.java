package org.qmpbs.client.cli;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.Repository;

/**
 * What a login may do in a namespace, and what it lacks (docs/protocol.md, "Rights").
 *
 * @param privileges as the server told them, or null if it did not
 * @param refusal why it did not, or null
 */
record Rights(
    Repository repository,
    Namespace namespace,
    @Nullable Set<String> privileges,
    @Nullable String refusal) {
  private static final String AUDIT = "Datastore.Audit";
  private static final String BACKUP = "Datastore.Backup";
  private static final String READ = "Datastore.Read";
  private static final String PRUNE = "Datastore.Prune";
  private static final String MODIFY = "Datastore.Modify";
  private static final String VERIFY = "Datastore.Verify";

  /** Each is allowed by any one of its privileges; the role is the least that has one. */
  enum Action {
    BACKUP_OWN("back up", "DatastoreBackup", BACKUP),
    RESTORE_OWN("restore own backups", "DatastoreBackup", BACKUP, READ),
    LIST_OWN("list own backups", "DatastoreBackup", BACKUP, AUDIT),
    VERIFY_OWN("verify own backups", "DatastoreBackup", BACKUP, VERIFY),
    PRUNE_OWN("prune and forget own backups", "DatastorePowerUser", PRUNE, MODIFY),
    RESTORE_ALL("restore everybody's backups", "DatastoreReader", READ),
    LIST_ALL("list everybody's backups", "DatastoreAudit", AUDIT),
    VERIFY_ALL("verify everybody's backups", "DatastoreReader", VERIFY),
    PRUNE_ALL("prune and forget everybody's backups", "DatastoreAdmin", MODIFY),
    CREATE_NAMESPACE("create a namespace in this one", "DatastoreAdmin", MODIFY);

    private final String text;
    private final String role;
    private final String own;
    private final @Nullable String other;

    Action(String text, String role, String only) {
      this(text, role, only, null);
    }

    Action(String text, String role, String own, @Nullable String other) {
      this.text = text;
      this.role = role;
      this.own = own;
      this.other = other;
    }

    /** For people. */
    String text() {
      return text;
    }

    /** Of the server's own roles. */
    String role() {
      return role;
    }

    /** Privileges of which one is enough. */
    List<String> anyOf() {
      return other == null ? List.of(own) : List.of(own, other);
    }
  }

  /** Whether it is allowed, or null if nobody knows. */
  @Nullable Boolean allows(Action action) {
    return privileges == null ? null : action.anyOf().stream().anyMatch(privileges::contains);
  }

  /** Whether all that backup and restore need is there. */
  boolean areEnough() {
    return Boolean.TRUE.equals(allows(Action.BACKUP_OWN))
        && Boolean.TRUE.equals(allows(Action.RESTORE_OWN));
  }

  /** Whether the server would say that datastore or namespace are missing. */
  boolean mayBeListed() {
    return !Boolean.FALSE.equals(allows(Action.LIST_OWN));
  }

  /** Where a role has to be given. */
  String path() {
    return "/datastore/"
        + repository.datastore()
        + (namespace.isRoot() ? "" : "/" + namespace.path());
  }

  /**
   * The commands on the server that give {@code role}: a token has no right that its user lacks.
   */
  List<String> commands(String role) {
    String authId = repository.authId();
    String give = "proxmox-backup-manager acl update " + path() + " " + role + " --auth-id ";
    return repository.isToken()
        ? List.of(give + "'" + authId + "'", give + authId.substring(0, authId.indexOf('!')))
        : List.of(give + authId);
  }
}
