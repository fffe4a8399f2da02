package org.qmpbs.client.retry;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.qmpbs.pbs.HasRemedy;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.ServerUnreachableException;
import org.qmpbs.pbs.ServerUnreachableException.Stage;

/**
 * Looks into a failure for what the server, or the way to it, has to do with it. Only types count,
 * never texts: what has no type that says otherwise is not tried again.
 */
public final class Setback {
  private Setback() {}

  /**
   * Whether it passes by itself.
   *
   * @param reached whether the server has answered before: then even its name is right
   */
  public static boolean isTransient(Throwable failure, boolean reached) {
    HasRemedy found = find(failure, HasRemedy.class);
    if (found instanceof ServerUnreachableException unreachable
        && unreachable.stage() == Stage.NAME) {
      return reached;
    }
    return found != null && found.retry() == ServerProblem.Retry.SOON;
  }

  /** Whether the server may have begun something for us that it has yet to notice the end of. */
  public static boolean leavesSession(Throwable failure) {
    ServerUnreachableException unreachable = find(failure, ServerUnreachableException.class);
    return unreachable == null || unreachable.stage() == Stage.ANSWER;
  }

  /** The refusal in it, or null. */
  public static @Nullable PbsException refusal(Throwable failure) {
    return find(failure, PbsException.class);
  }

  /** The outermost of that type among a failure and its causes. */
  private static <T> @Nullable T find(Throwable failure, Class<T> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  /** What to show of it: the message of the failure, in one line. */
  public static String line(IOException failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
