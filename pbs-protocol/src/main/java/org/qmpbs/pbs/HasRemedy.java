package org.qmpbs.pbs;

import org.qmpbs.pbs.ServerProblem.Retry;

/** A failure that knows what the user can do about it. */
public interface HasRemedy {
  /** One or two sentences for the user, or for the server's administrator. */
  String remedy();

  /** Whether the same may succeed another time, without anybody doing something about it. */
  default Retry retry() {
    return Retry.NEVER;
  }
}
