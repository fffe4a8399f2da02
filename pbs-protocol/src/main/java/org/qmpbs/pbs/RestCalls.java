package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.time.Duration;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Calls of the server's REST interface on one datastore: the address, the login, and what a refusal
 * means. Thread-safe; each call blocks until its answer is whole or the operation's time is over.
 */
final class RestCalls implements AutoCloseable {
  private final Endpoint endpoint;
  private final Timeouts timeouts;
  private final OkHttpClient client;

  RestCalls(Endpoint endpoint, Trust trust, Timeouts timeouts) {
    this.endpoint = endpoint;
    this.timeouts = timeouts;
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

  /** A builder at {@code path} below {@code /api2/json}. */
  HttpUrl.Builder url(String path) {
    return endpoint.url(path);
  }

  /** A builder at {@code path} below the datastore. */
  HttpUrl.Builder datastore(String path) {
    return endpoint
        .url("admin/datastore")
        .addPathSegment(endpoint.repository().datastore())
        .addPathSegment(path);
  }

  static void addNamespace(HttpUrl.Builder url, Namespace namespace) {
    if (!namespace.isRoot()) {
      url.addQueryParameter("ns", namespace.path());
    }
  }

  static void addGroup(HttpUrl.Builder url, BackupGroup group) {
    url.addQueryParameter("backup-type", group.type().id());
    url.addQueryParameter("backup-id", group.id());
  }

  static void addSnapshot(HttpUrl.Builder url, Snapshot snapshot) {
    addGroup(url, snapshot.group());
    url.addQueryParameter("backup-time", Long.toString(snapshot.time()));
  }

  JsonNode get(String what, HttpUrl url) throws IOException {
    return call(what, request(url));
  }

  /** Parameters go in the query: the server takes them there with every method. */
  JsonNode delete(String what, HttpUrl url) throws IOException {
    return call(what, request(url).delete());
  }

  JsonNode put(String what, HttpUrl url, FormBody form) throws IOException {
    return call(what, request(url).put(form));
  }

  JsonNode post(String what, HttpUrl url, RequestBody body) throws IOException {
    return call(what, request(url).post(body));
  }

  private Request.Builder request(HttpUrl url) throws IOException {
    return new Request.Builder()
        .url(url)
        .header("Authorization", endpoint.authorization())
        .header("User-Agent", "qmpbs")
        .header("Accept-Encoding", "identity");
  }

  private JsonNode call(String what, Request.Builder request) throws IOException {
    try (Response response = client.newCall(request.build()).execute()) {
      if (!response.isSuccessful()) {
        throw Refusals.refused(what, response.code(), Answers.errorText(response));
      }
      return Answers.data(what, Answers.body(what, response, Answers.MAX_JSON));
    } catch (PbsException | BadAnswerException e) {
      throw e;
    } catch (InterruptedIOException e) {
      // OkHttp's word for its call timeout; connecting has its own, SocketTimeoutException.
      if ("timeout".equals(e.getMessage())) {
        throw new OperationTimeoutException(what, timeouts.operation(), e);
      }
      throw ConnectFailures.explain(endpoint.repository(), e);
    } catch (IOException e) {
      throw ConnectFailures.explain(endpoint.repository(), e);
    }
  }

  /** Drops idle connections. Idempotent. */
  @Override
  public void close() {
    client.connectionPool().evictAll();
  }
}
