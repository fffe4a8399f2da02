package org.qmpbs.pbs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * One HTTP exchange with the server's REST interface, and what its failures mean. Thread-safe; each
 * call blocks until its answer is whole or the operation's time is over.
 */
final class RestClient implements AutoCloseable {
  private final Repository repository;
  private final Timeouts timeouts;
  private final Mask mask;
  private final OkHttpClient client;

  /** Takes what {@code mask} knows out of every failure. */
  RestClient(Repository repository, Trust trust, Timeouts timeouts, Mask mask) {
    this.repository = repository;
    this.timeouts = timeouts;
    this.mask = mask;
    this.client =
        new OkHttpClient.Builder()
            .sslSocketFactory(trust.sockets(), trust.manager())
            // Done in the handshake already: by TrustedSockets, or not at all with a pin.
            .hostnameVerifier((host, session) -> true)
            .proxy(Proxy.NO_PROXY)
            .followRedirects(false)
            .followSslRedirects(false)
            .connectTimeout(timeouts.connect())
            // The call's own limit is the only one; a long list may take its time.
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .callTimeout(timeouts.operation())
            .build();
  }

  /** Takes what is wanted out of a good answer. */
  interface Reader<T> {
    T read(Response response) throws IOException;
  }

  /**
   * Sends a request and reads its answer.
   *
   * @param what the call, for messages and for {@link Refusals}
   * @throws PbsException if the answer is a refusal
   */
  <T> T exchange(String what, Request request, Reader<T> reader) throws IOException {
    try (Response response = client.newCall(request).execute()) {
      if (!response.isSuccessful()) {
        throw Refusals.refused(what, response.code(), mask.apply(Answers.errorText(response)));
      }
      return reader.read(response);
    } catch (BadAnswerException e) {
      throw mask.apply(e);
    } catch (PbsException | SecondFactorRequiredException e) {
      throw e;
    } catch (InterruptedIOException e) {
      // OkHttp's word for its call timeout; connecting has its own, SocketTimeoutException.
      if ("timeout".equals(e.getMessage())) {
        throw new OperationTimeoutException(what, timeouts.operation(), e);
      }
      throw ConnectFailures.explain(repository, e);
    } catch (IOException e) {
      throw ConnectFailures.explain(repository, e);
    }
  }

  /** Drops idle connections. Idempotent. */
  @Override
  public void close() {
    client.dispatcher().cancelAll();
    client.connectionPool().evictAll();
  }
}
