package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * Calls of the server's REST interface on one datastore: the address, the login, and what a refusal
 * means. Thread-safe; each call blocks until its answer is whole or the operation's time is over.
 */
final class RestCalls {
  private final Endpoint endpoint;
  private final RestClient client;
  private final Authorization authorization;

  RestCalls(Endpoint endpoint, RestClient client, Authorization authorization) {
    this.endpoint = endpoint;
    this.client = client;
    this.authorization = authorization;
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
    return call(what, request(url).post(OneShotBody.of(body)));
  }

  private static Request.Builder request(HttpUrl url) {
    return new Request.Builder()
        .url(url)
        .header("User-Agent", "qmpbs")
        .header("Accept-Encoding", "identity");
  }

  private JsonNode call(String what, Request.Builder request) throws IOException {
    Request unsigned = request.build();
    boolean writes = !unsigned.method().equals("GET");
    return authorization.authorize(
        grant -> {
          Request.Builder signed = unsigned.newBuilder();
          grant.fields(writes).forEach(signed::header);
          return client.exchange(
              what,
              signed.build(),
              response -> Answers.data(what, Answers.body(what, response, Answers.MAX_JSON)));
        });
  }
}
