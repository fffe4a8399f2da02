package org.qmpbs.pbs;

import static org.qmpbs.pbs.RefusalRule.rule;
import static org.qmpbs.pbs.ServerProblem.EXISTS;
import static org.qmpbs.pbs.ServerProblem.LOCKED;
import static org.qmpbs.pbs.ServerProblem.NOT_FOUND;
import static org.qmpbs.pbs.ServerProblem.OTHER;
import static org.qmpbs.pbs.ServerProblem.PERMISSION;
import static org.qmpbs.pbs.ServerProblem.PROTECTED;

import java.util.List;
import java.util.Map;

/**
 * What texts mean as answers to the calls of {@link DatastoreAdmin} and {@link ServerTasks}. They
 * come before the rules for all calls, because the rights they need differ, and because a parameter
 * the server does not like is here what a person typed and no bug.
 */
final class AdminRefusals {
  private static final String ANY_RIGHT = "permission check failed|missing permissions?\\b";

  private static final RefusalRule BAD_VALUE =
      rule(
          "parameter verification failed|Request body too large|unable to parse UPID"
              + "|invalid (namespace|backup)",
          OTHER,
          "The server does not take one of the values; its text says which and why. Correct it.");

  private static final RefusalRule IS_PROTECTED =
      rule(
          "cannot remove protected snapshot",
          PROTECTED,
          "Somebody has protected this snapshot. If it may go: qmpbs protected update SNAPSHOT"
              + " false, then again.");

  private static final RefusalRule SOME_ARE_PROTECTED =
      rule(
          "partially deleted due to protected snapshots",
          PROTECTED,
          "Protected snapshots stay; everything else is gone. If they may go, too: qmpbs snapshots"
              + " shows them, qmpbs protected update SNAPSHOT false, then again.");

  private static final RefusalRule MAY_PRUNE =
      rule(
          ANY_RIGHT,
          PERMISSION,
          "Removing snapshots of one's own groups needs Datastore.Prune (role DatastorePowerUser),"
              + " of others Datastore.Modify (DatastoreAdmin), on the datastore or the namespace,"
              + " for the token and for its user.");

  private static final RefusalRule MAY_MODIFY =
      rule(
          ANY_RIGHT,
          PERMISSION,
          "Groups of one's own need Datastore.Backup (role DatastoreBackup), others Datastore.Modify"
              + " (DatastoreAdmin), on the datastore or the namespace, for the token and for its"
              + " user.");

  private static final RefusalRule MAY_CHANGE_NAMESPACES =
      rule(
          ANY_RIGHT,
          PERMISSION,
          "Namespaces need Datastore.Modify (role DatastoreAdmin) on the namespace they are in, for"
              + " the token and for its user.");

  private static final String HAND_OVER =
      "Without Datastore.Modify (role DatastoreAdmin) a group can go only from a user to a token"
          + " of his and back, by that user himself or by the token that gets it back. Let an"
          + " administrator do it.";

  private static final RefusalRule MAY_HAND_OVER = rule(ANY_RIGHT, PERMISSION, HAND_OVER);

  private static final RefusalRule NOT_YOURS =
      rule("does not have permission to change owner", PERMISSION, HAND_OVER);

  private static final RefusalRule NO_MANIFEST =
      rule(
          "unable to (update manifest blob|load blob)",
          NOT_FOUND,
          "There is no such snapshot, or it is not finished. List what there is with qmpbs"
              + " snapshots.");

  private static final RefusalRule MAY_SEE_TASK =
      rule(
          ANY_RIGHT + "|task access not allowed",
          PERMISSION,
          "A task is shown to who started it, and to who has Sys.Audit on /system/tasks (role"
              + " Audit).");

  /** A namespace without groups is an empty list; only a namespace can be missing there. */
  private static final RefusalRule NO_NAMESPACE =
      rule(
          "ENOENT|[Nn]o such file or directory",
          NOT_FOUND,
          "There is no such namespace. Correct --ns (qmpbs namespace list shows what there is), or"
              + " create it: qmpbs namespace create NAME.");

  private static final RefusalRule NO_TASK =
      rule(
          "ENOENT|[Nn]o such file or directory|no such task",
          NOT_FOUND,
          "The server has no such task (any more). qmpbs task list --all shows those it has.");

  private static final Map<String, List<RefusalRule>> RULES =
      Map.ofEntries(
          Map.entry("forget", List.of(IS_PROTECTED, MAY_PRUNE)),
          Map.entry("forget group", List.of(SOME_ARE_PROTECTED, MAY_PRUNE)),
          Map.entry("prune", List.of(BAD_VALUE, MAY_PRUNE)),
          Map.entry("protected", List.of(BAD_VALUE, MAY_MODIFY)),
          Map.entry("notes", List.of(NO_MANIFEST, BAD_VALUE, MAY_MODIFY)),
          Map.entry("group-notes", List.of(BAD_VALUE, MAY_MODIFY)),
          Map.entry(
              "change-owner",
              List.of(
                  BAD_VALUE,
                  rule(
                      "(user|API token) '(.*)' is inactive or non-existent",
                      NOT_FOUND,
                      "Correct the new owner's name, or let an administrator enable it: $2."),
                  MAY_HAND_OVER)),
          Map.entry("groups", List.of(NO_NAMESPACE)),
          Map.entry("snapshots", List.of(NO_NAMESPACE)),
          Map.entry("namespaces", List.of(BAD_VALUE, NO_NAMESPACE)),
          Map.entry(
              "create namespace",
              List.of(
                  BAD_VALUE,
                  rule(
                      "parent (\\S+) doesn't already exist",
                      NOT_FOUND,
                      "Create the namespace it is in first: qmpbs namespace create $1."),
                  MAY_CHANGE_NAMESPACES)),
          Map.entry(
              "delete namespace",
              List.of(
                  BAD_VALUE,
                  SOME_ARE_PROTECTED,
                  rule(
                      "only partially deleted due to existing groups",
                      OTHER,
                      "What has groups stays; empty namespaces are gone. qmpbs list --ns NAME shows"
                          + " them; --delete-groups removes them with all their snapshots."),
                  NO_NAMESPACE,
                  MAY_CHANGE_NAMESPACES)),
          Map.entry(
              "verify",
              List.of(
                  BAD_VALUE,
                  rule(
                      ANY_RIGHT,
                      PERMISSION,
                      "Verifying groups of one's own needs Datastore.Backup (role DatastoreBackup),"
                          + " others and namespaces Datastore.Verify (DatastoreAdmin), for the token"
                          + " and for its user."))),
          Map.entry(
              "gc",
              List.of(
                  rule(
                      "already running",
                      LOCKED,
                      "A garbage collection is running. Try again when it has ended."),
                  rule(
                      ANY_RIGHT,
                      PERMISSION,
                      "Garbage collection needs Datastore.Modify (role DatastoreAdmin) on the"
                          + " datastore, for the token and for its user."))),
          Map.entry(
              "upload-backup-log",
              List.of(
                  rule(
                      "already contains a log",
                      EXISTS,
                      "A snapshot takes one log, and the server does not replace it."))),
          Map.entry("tasks", List.of(BAD_VALUE, MAY_SEE_TASK)),
          Map.entry("task status", List.of(BAD_VALUE, NO_TASK, MAY_SEE_TASK)),
          Map.entry("task log", List.of(BAD_VALUE, NO_TASK, MAY_SEE_TASK)),
          Map.entry(
              "task stop",
              List.of(
                  BAD_VALUE,
                  NO_TASK,
                  rule(
                      ANY_RIGHT,
                      PERMISSION,
                      "A task is stopped by who started it, or by who has Sys.Modify on"
                          + " /system/tasks (role Admin)."))));

  private AdminRefusals() {}

  /**
   * Rules for one call. With 401 the server speaks of the login, even where it says "permission
   * check failed" (golden); only who may hand a group over is said with that status, too.
   */
  static List<RefusalRule> of(String call, int status) {
    if (status == 401) {
      return call.equals("change-owner") ? List.of(NOT_YOURS) : List.of();
    }
    return RULES.getOrDefault(call, List.of());
  }
}
