package org.qmpbs.pbs;

import static org.qmpbs.pbs.RefusalRule.rule;
import static org.qmpbs.pbs.ServerProblem.BASE_REMOVED;
import static org.qmpbs.pbs.ServerProblem.CLOCK;
import static org.qmpbs.pbs.ServerProblem.LOCKED;
import static org.qmpbs.pbs.ServerProblem.LOGIN;
import static org.qmpbs.pbs.ServerProblem.NOT_FOUND;
import static org.qmpbs.pbs.ServerProblem.NOT_READY;
import static org.qmpbs.pbs.ServerProblem.NO_BASE;
import static org.qmpbs.pbs.ServerProblem.OTHER;
import static org.qmpbs.pbs.ServerProblem.PERMISSION;
import static org.qmpbs.pbs.ServerProblem.PROTOCOL;
import static org.qmpbs.pbs.ServerProblem.STORAGE;
import static org.qmpbs.pbs.ServerProblem.UNAVAILABLE;

import java.util.List;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * From the server's words to their meaning. The server has no error codes, only texts (read in its
 * 3.2 and 4.1 sources); the first rule that finds its pattern wins, the status decides the rest,
 * and an unknown text stays {@link ServerProblem#OTHER} with nothing invented.
 */
final class Refusals {
  private static final String OUR_BUG =
      "This is a bug of qmpbs; the backup was not made. Please report it with this message and the"
          + " server's task log.";

  private static final List<RefusalRule> RULES =
      List.of(
          rule(
              "backup owner check failed \\((\\S+) != (\\S+)\\)",
              PERMISSION,
              "The group belongs to $2, we are $1. Log in as its owner, use another backup id, or"
                  + " let an administrator hand the group over: qmpbs change-owner GROUP"
                  + " '$1'."),
          rule(
              "backup timestamp is older than last backup",
              CLOCK,
              "A snapshot with this time or a later one exists. Set the clocks of this machine and"
                  + " of whoever else writes to the group right, or wait until that time is past."),
          rule(
              "backup directory already exists",
              CLOCK,
              "A snapshot of this very second exists, or a dead one is not yet cleaned up. Try again"
                  + " in a moment."),
          rule(
              "already locked by another operation|while locking last snapshot"
                  + "|while destroying snapshot|possibly running or in use",
              LOCKED,
              "A prune, verify or sync job works on the group's last snapshot. Try again when it"
                  + " has ended; qmpbs task list shows what runs."),
          rule(
              "locked backup group|possible running backup",
              LOCKED,
              "Another backup of this group is running. Try again when it has ended; qmpbs task list"
                  + " shows what runs."),
          rule(
              "was removed during backup",
              BASE_REMOVED,
              "The previous snapshot was pruned while the new one built on it. Start again; it"
                  + " reads everything once."),
          rule(
              "no valid previous backup|no valid previous backup exists|cannot reuse index"
                  + "|doesn't match last backup's|index sizes not equal",
              NO_BASE,
              "The server cannot build on the previous snapshot. The next backup reads everything"
                  + " once; nothing has to be done."),
          rule(
              "namespace not found",
              NOT_FOUND,
              "Correct --ns, or create the namespace: qmpbs namespace create NAME."),
          rule(
              "no such datastore",
              NOT_FOUND,
              "Correct the datastore's name, the last part of the repository."),
          rule(
              "maintenance mode|datastore is being (deleted|removed)|is unmounted",
              UNAVAILABLE,
              "The datastore is closed by its administrator for now. Try again later."),
          rule(
              "No space left on device|ENOSPC|[Dd]isk quota exceeded|EDQUOT",
              STORAGE,
              "The datastore is full. Prune and collect garbage there, or give it room; the previous"
                  + " backups are whole."),
          rule(
              "update atime failed",
              STORAGE,
              "The datastore's file system does not let the server update access times, without"
                  + " which its garbage collection would delete what is in use. Check the file"
                  + " system's mount options, owner and attributes on the server."),
          rule(
              "Read-only file system|EROFS|Input/output error|EIO\\b",
              STORAGE,
              "The datastore's disk or file system is in trouble. Look at the server's kernel log."),
          rule(
              "unable to update manifest blob|Path '.*' not found|parameter verification failed"
                  + "|invalid protocol name|not registered|found open index writer"
                  + "|does not contain valid files|already marked as finished"
                  + "|in the process of finishing|detected chunk with wrong|close failed"
                  + "|detected multiple end chunks|wrong magic|no such chunk|unaligned chunk"
                  + "|chunk data exceeds size|unexpected length|larger than announced"
                  + "|wrong (blob file|archive) extension|wrong CRC|wrong length"
                  + "|download chunk .* not allowed",
              PROTOCOL,
              OUR_BUG),
          rule(
              "[Nn]o such file or directory|does not exist|not found|ENOENT",
              NOT_FOUND,
              "The server has no such snapshot, file or namespace (any more). List what there is with"
                  + " qmpbs snapshots."),
          rule(
              "missing permissions? '?([A-Za-z.]+)",
              PERMISSION,
              "Give the token, and the user it belongs to, a role with $1 on that path: DatastoreBackup"
                  + " is enough (Configuration, Access Control, Permissions)."));

  private static final RefusalRule INDEX_EINVAL =
      rule(
          "EINVAL|Invalid argument",
          STORAGE,
          "The server cannot map its index file. This is known of ARM servers whose kernel has 16 KiB"
              + " pages: boot it with a 4 KiB page kernel.");

  /** The form of a name or password, which the user chose and not we. */
  private static final RefusalRule LOGIN_FORM =
      rule(
          "parameter verification",
          LOGIN,
          "The server takes no such name or password. Check the repository: user, @, realm; and that"
              + " PBS_PASSWORD holds the password and nothing else.");

  /**
   * As much of a text is looked at; the real ones are a line. Some patterns take the square of its
   * length, which is for the sender to choose.
   */
  private static final int MATCHED_TEXT = 4 << 10;

  private Refusals() {}

  /**
   * What the server means.
   *
   * @param call path of the call, or "session"
   * @param status HTTP status
   * @param text the body of the answer
   */
  static PbsException refused(String call, int status, String text) {
    String matched = text.length() > MATCHED_TEXT ? text.substring(0, MATCHED_TEXT) : text;
    PbsException known = firstOf(rulesOf(call, status), status, text, matched);
    if (known != null) {
      return known;
    }
    if (status == 401 && !call.equals("chunk")) {
      return new PbsException(
          status,
          text,
          LOGIN,
          call.equals(TicketLogin.CALL)
              ? "Check the user's name in the repository, with the right realm behind it (@pbs, @pam,"
                  + " or another), the password, and on the server that the user is enabled and not"
                  + " expired. Programs should use an API token."
              : "Check the name in the repository, its secret or password, and on the server that"
                  + " token and user are enabled and not expired.");
    }
    PbsException usual = firstOf(RULES, status, text, matched);
    return usual != null ? usual : byStatus(status, text);
  }

  private static List<RefusalRule> rulesOf(String call, int status) {
    return switch (call) {
      case "fixed_index" -> List.of(INDEX_EINVAL);
      case TicketLogin.CALL -> List.of(LOGIN_FORM);
      default -> AdminRefusals.of(call, status);
    };
  }

  private static @Nullable PbsException firstOf(
      List<RefusalRule> rules, int status, String text, String matched) {
    for (RefusalRule rule : rules) {
      Matcher matcher = rule.pattern().matcher(matched);
      if (matcher.find()) {
        return rule.apply(status, text, matcher);
      }
    }
    return null;
  }

  private static PbsException byStatus(int status, String text) {
    return switch (status) {
      case 403 ->
          new PbsException(
              status,
              text,
              PERMISSION,
              "Give the token, and the user it belongs to, the role DatastoreBackup on the datastore"
                  + " (Configuration, Access Control, Permissions).");
      case 404 ->
          new PbsException(
              status,
              text,
              NOT_FOUND,
              "Check datastore, namespace and snapshot for a misspelling.");
      case 502, 503, 504 ->
          new PbsException(
              status,
              text,
              NOT_READY,
              "The server, or a proxy before it, is not ready. Try later.");
      default ->
          new PbsException(
              status, text, OTHER, "Look at the server's task log for what led to this.");
    };
  }
}
