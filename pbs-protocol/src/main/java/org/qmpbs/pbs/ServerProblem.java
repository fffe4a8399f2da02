package org.qmpbs.pbs;

/**
 * What a refusal of the server means to a person, and whether trying again may help. Found by
 * matching the server's text; the text itself is always kept.
 */
public enum ServerProblem {
  /** Wrong secret, unknown or disabled token. */
  LOGIN(Retry.NEVER),
  /** A right is missing, or the group belongs to somebody else. */
  PERMISSION(Retry.NEVER),
  /** Another backup, prune or verify holds the group or the last snapshot. */
  LOCKED(Retry.LATER),
  /**
   * The backup time is not after the last one: our clock is behind, or two starts in one second.
   */
  CLOCK(Retry.NEVER),
  /** No such datastore, namespace, snapshot or file. */
  NOT_FOUND(Retry.NEVER),
  /** Somebody has protected a snapshot that was to be removed. */
  PROTECTED(Retry.NEVER),
  /** What was to be made is there already, perhaps by a call whose answer was lost. */
  EXISTS(Retry.NEVER),
  /** Maintenance mode: its administrator ends it, and nobody knows when. */
  UNAVAILABLE(Retry.LATER),
  /** The service behind the port is starting or going down. */
  NOT_READY(Retry.SOON),
  /** The server cannot build on the previous snapshot; a full read is the answer. */
  NO_BASE(Retry.AS_FULL_READ),
  /** The previous snapshot vanished while we built on it. */
  BASE_REMOVED(Retry.AS_FULL_READ),
  /** No room, or its file system refuses. */
  STORAGE(Retry.NEVER),
  /** We broke the protocol: a bug of ours. */
  PROTOCOL(Retry.NEVER),
  /** Nothing we know; the server's text is all there is. */
  OTHER(Retry.NEVER);

  /** Whether the same request may succeed another time. */
  public enum Retry {
    /** Somebody has to change something first. */
    NEVER,
    /** The same job may succeed later, when somebody else has ended what he does. */
    LATER,
    /** It passes by itself, as a restart or an interrupted line does; a job may wait for it. */
    SOON,
    /** A new session that reads everything will succeed. */
    AS_FULL_READ
  }

  private final Retry retry;

  ServerProblem(Retry retry) {
    this.retry = retry;
  }

  /** Whether the same request may succeed another time. */
  public Retry retry() {
    return retry;
  }
}
