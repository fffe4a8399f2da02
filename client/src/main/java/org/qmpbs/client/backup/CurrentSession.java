package org.qmpbs.client.backup;

import org.qmpbs.pbs.BackupSession;

/**
 * The session that a run has open; a first upload has several, one after the other. It may be
 * closed from another thread to end calls that are under way, except while it is being finished,
 * for that would only make the outcome unknown.
 */
final class CurrentSession implements AutoCloseable {
  private BackupSession session;
  private boolean committing;
  private boolean cancelled;

  CurrentSession(BackupSession session) {
    this.session = session;
  }

  synchronized BackupSession get() {
    return session;
  }

  /** Goes on with another session; the one before is closed by then. */
  synchronized void replace(BackupSession next) {
    session = next;
    committing = false;
    if (cancelled) {
      next.close();
    }
  }

  /** From here to {@link #replace} or the end, only {@link #close} closes it. */
  synchronized void beginCommit() {
    committing = true;
  }

  /** The job is to end. */
  synchronized void cancel() {
    cancelled = true;
    if (!committing) {
      session.close();
    }
  }

  @Override
  public synchronized void close() {
    session.close();
  }
}
