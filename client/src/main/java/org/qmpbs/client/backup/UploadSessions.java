package org.qmpbs.client.backup;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.pbs.BackupSession;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.Snapshot;

/**
 * Goes from one session of an upload to the next. In between nobody holds the group: the server
 * lets go of it a moment after the old session has ended, which is waited for, and somebody else
 * may have changed it by then, which is the end of the upload.
 */
final class UploadSessions {
  /**
   * A server needs a moment; a prune job needs a little longer; a whole backup is not waited for.
   */
  private static final int ATTEMPTS = 60;

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final BackupEnvironment environment;
  private final Namespace namespace;
  private final Protection protection;
  private final CancellationToken token;
  private final CurrentSession current;

  UploadSessions(
      BackupEnvironment environment,
      Namespace namespace,
      Protection protection,
      CancellationToken token,
      CurrentSession current) {
    this.environment = environment;
    this.namespace = namespace;
    this.protection = protection;
    this.token = token;
    this.current = current;
  }

  /** The session that is open. */
  CurrentSession current() {
    return current;
  }

  /**
   * Ends the session that is open and starts the next.
   *
   * @param snapshot what it writes
   * @param base what it has to build on
   */
  BackupSession next(Snapshot snapshot, Optional<Snapshot> base) throws IOException {
    current.close();
    BackupSession session = start(snapshot, base);
    current.replace(session);
    token.check();
    if (!session.previous().equals(base)) {
      throw changed(base, session.previous().map(last -> "its last one is " + last), null);
    }
    return session;
  }

  private BackupSession start(Snapshot snapshot, Optional<Snapshot> base) throws IOException {
    for (int i = 1; ; i++) {
      token.check();
      try {
        return environment.server().startBackup(namespace, snapshot, protection);
      } catch (PbsException e) {
        if (e.problem() == ServerProblem.CLOCK) {
          throw changed(base, Optional.of("it has a newer one"), e);
        }
        if (e.problem() != ServerProblem.LOCKED || i == ATTEMPTS) {
          throw e;
        }
        environment.sleep(PAUSE);
      }
    }
  }

  private static GroupChangedException changed(
      Optional<Snapshot> base, Optional<String> found, @Nullable Throwable cause) {
    return new GroupChangedException(
        "somebody changed the group between two sessions of its first upload: expected "
            + base.map(Snapshot::toString).orElse("no snapshot")
            + " as the last one, but "
            + found.orElse("the server builds on none, it was removed or failed its verification"),
        "Let nothing else write to the group or prune it until its first backup is done, then start"
            + " the backup again: it goes on from the last checkpoint if the server still has it.",
        cause);
  }
}
