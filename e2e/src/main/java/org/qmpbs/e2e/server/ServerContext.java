package org.qmpbs.e2e.server;

import io.netty.channel.Channel;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all connections of a server share.
 *
 * @param openSessions how many have been opened and not cleaned up
 */
record ServerContext(
    ServerSettings settings,
    SessionOpener opener,
    RestApi rest,
    Workers workers,
    Faults faults,
    CallLog log,
    AtomicInteger openSessions) {
  private static final System.Logger LOGGER = System.getLogger(ServerContext.class.getName());

  /** Does something for a connection, or closes it if there is too much to do. */
  // Closing is all that is left to do.
  @SuppressWarnings("FutureReturnValueIgnored")
  void execute(Channel connection, Runnable task) {
    if (!workers.tryExecute(task)) {
      LOGGER.log(System.Logger.Level.WARNING, "too many calls at a time; closing a connection");
      connection.close();
    }
  }

  /** Work whose failure is an answer. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws Refused, IOException;
  }

  /** Turns every failure into the answer that the real server would give. */
  static Response answering(Attempt<Response> attempt) {
    try {
      return attempt.run();
    } catch (Refused e) {
      return Response.error(e.status(), e.text());
    } catch (IOException e) {
      return Response.error(400, IoText.of(e));
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.ERROR, "a call failed for want of a check", e);
      return Response.error(500, "internal error: " + e);
    }
  }

  /** Ends a session on a worker thread; its failure has nobody left to tell but the log. */
  void end(Session session) {
    workers.execute(
        () -> {
          try {
            session.end();
          } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.ERROR, "a session could not be cleaned up", e);
          } finally {
            openSessions.decrementAndGet();
          }
        });
  }
}
