package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Calls over the one connection of a session.
 *
 * <p>Three ways to fail are kept apart: the server refuses ({@link PbsException}, the session goes
 * on), the call takes too long or its thread is interrupted (the session goes on), anything else is
 * the end of the session. The end is remembered with its first cause, and the connection closed, so
 * that calls in flight elsewhere end at once and later ones do not even start.
 */
final class SessionCalls implements AutoCloseable {
  /** Just a name, never resolved: the connection exists already. */
  private static final HttpUrl BASE = HttpUrl.get("http://localhost/");

  /**
   * Keeps below the streams a server allows on a connection (100 at least by RFC 9113's advice):
   * past it OkHttp asks for a second connection, which a session cannot have.
   */
  private static final int MAX_IN_FLIGHT = 32;

  /** OkHttp drops an idle connection after 5 minutes otherwise. */
  private static final int KEEP_IDLE_DAYS = 365;

  private final String peer;
  private final UpgradedSocket socket;
  private final OkHttpClient client;
  private final Duration operation;
  private final Mask mask;
  private final String consequence;
  private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
  private final AtomicReference<@Nullable IOException> end = new AtomicReference<>();

  /**
   * Takes the connection over.
   *
   * @param mask for what the server says
   * @param consequence of a lost session, for its message
   */
  SessionCalls(
      String peer, UpgradedSocket socket, Timeouts timeouts, Mask mask, String consequence) {
    this.peer = peer;
    this.socket = socket;
    this.operation = timeouts.operation();
    this.mask = mask;
    this.consequence = consequence;
    this.client =
        new OkHttpClient.Builder()
            .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
            .socketFactory(new OneShotSocketFactory(socket))
            .proxy(Proxy.NO_PROXY)
            .dns(host -> List.of(InetAddress.getLoopbackAddress()))
            .connectionPool(new ConnectionPool(1, KEEP_IDLE_DAYS, TimeUnit.DAYS))
            // A retry hides the real error.
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .pingInterval(timeouts.ping())
            .callTimeout(operation)
            // The call's own limit is the only one; a slow disk may well be silent for minutes.
            .connectTimeout(Duration.ZERO)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .eventListener(new MarkSent())
            .build();
  }

  /** An address for {@link #fetch} or {@link #send}. */
  static HttpUrl.Builder url(String path) {
    return BASE.newBuilder().addPathSegment(path);
  }

  /** The raw body of a GET, at most {@code limit} bytes. */
  byte[] fetch(HttpUrl url, long limit) throws IOException {
    return call(url, "GET", null, null, limit);
  }

  /** The {@code data} of a GET's answer. */
  JsonNode get(HttpUrl url) throws IOException {
    return data(name(url), fetch(url, Answers.MAX_SESSION_JSON));
  }

  /** Sends a body and gives the {@code data} of the answer. */
  JsonNode send(HttpUrl url, String method, RequestBody body) throws IOException {
    return data(name(url), call(url, method, body, null, Answers.MAX_SESSION_JSON));
  }

  /**
   * A POST of which it has to be known whether it may have reached the server; the content of the
   * answer does not matter.
   */
  void post(HttpUrl url, Sent sent) throws IOException {
    call(url, "POST", ByteRangeBody.empty(), sent, -1);
  }

  private JsonNode data(String name, byte[] answer) throws BadAnswerException {
    try {
      return Answers.data(name, answer);
    } catch (BadAnswerException e) {
      throw mask.apply(e);
    }
  }

  /** Path of a call, for messages and the table of refusals. */
  private static String name(HttpUrl url) {
    return url.pathSegments().get(0);
  }

  /**
   * Makes one call.
   *
   * @param limit of the body in bytes, or -1 to leave it unread
   */
  private byte[] call(
      HttpUrl url, String method, @Nullable RequestBody body, @Nullable Sent sent, long limit)
      throws IOException {
    String name = name(url);
    Request.Builder request =
        new Request.Builder()
            .url(url)
            .method(method, body)
            .header("User-Agent", "qmpbs")
            .header("Accept-Encoding", "identity");
    if (sent != null) {
      request.tag(Sent.class, sent);
    }
    acquire();
    try {
      failIfEnded(name);
      try (Response response = client.newCall(request.build()).execute()) {
        if (!response.isSuccessful()) {
          throw Refusals.refused(name, response.code(), mask.apply(Answers.errorText(response)));
        }
        return limit < 0 ? new byte[0] : Answers.body(name, response, limit);
      } catch (PbsException | BadAnswerException e) {
        throw e;
      } catch (IOException e) {
        throw explain(name, e);
      }
    } finally {
      inFlight.release();
    }
  }

  private void acquire() throws InterruptedIOException {
    try {
      inFlight.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private void failIfEnded(String name) throws SessionLostException {
    IOException reason = end.get();
    if (reason != null) {
      throw lost(name, reason);
    }
  }

  private IOException explain(String name, IOException failure) {
    if (failure instanceof InterruptedIOException && !socket.isClosed()) {
      // OkHttp's word for its call timeout; an interrupted thread gets "interrupted".
      return "timeout".equals(failure.getMessage())
          ? new OperationTimeoutException(name, operation, failure)
          : failure;
    }
    IOException first = socket.failure();
    if (first == null) {
      first =
          new IOException(
              "the server ended it, or left a ping unanswered (" + failure.getMessage() + ")",
              failure);
    }
    end(first);
    IOException reason = end.get();
    SessionLostException lost = lost(name, reason == null ? first : reason);
    if (first != reason || first.getCause() != failure) {
      lost.addSuppressed(failure);
    }
    return lost;
  }

  private SessionLostException lost(String name, IOException reason) {
    return new SessionLostException(
        "the session with "
            + peer
            + " ended during "
            + name
            + ": "
            + reason.getMessage()
            + "; "
            + consequence,
        reason);
  }

  private void end(IOException reason) {
    if (end.compareAndSet(null, reason)) {
      try {
        socket.closeSession();
      } catch (IOException e) {
        // It is closed to us either way; why the session ended is what matters.
        reason.addSuppressed(e);
      }
      client.connectionPool().evictAll();
    }
  }

  /** Ends the session; idempotent. */
  @Override
  public void close() {
    end(new IOException("it was closed here"));
  }

  /** Whether a request may have reached the server: true from before its first byte is written. */
  static final class Sent {
    private volatile boolean started;

    boolean started() {
      return started;
    }
  }

  private static final class MarkSent extends EventListener {
    @Override
    public void requestHeadersStart(Call call) {
      Sent sent = call.request().tag(Sent.class);
      if (sent != null) {
        sent.started = true;
      }
    }
  }
}
