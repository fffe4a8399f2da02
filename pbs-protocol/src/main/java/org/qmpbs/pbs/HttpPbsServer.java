package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The server's REST interface, and the door to its sessions; both trust the same certificates.
 * Nothing is connected before the first call.
 */
final class HttpPbsServer implements PbsServer {
  private final Endpoint endpoint;
  private final Timeouts timeouts;
  private final SessionConnector connector;
  private final OkHttpClient client;

  HttpPbsServer(Endpoint endpoint, Trust trust, Timeouts timeouts) {
    this.endpoint = endpoint;
    this.timeouts = timeouts;
    this.connector = new SessionConnector(endpoint, trust, timeouts);
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

  @Override
  public Repository repository() {
    return endpoint.repository();
  }

  @Override
  public String version() throws IOException {
    JsonNode version = get("version", endpoint.url("version").build()).path("version");
    if (!version.isTextual()) {
      throw new BadAnswerException("version", "expected a version, found none");
    }
    return version.textValue();
  }

  @Override
  public DatastoreStatus status() throws IOException {
    JsonNode data = get("status", datastore("status").build());
    return new DatastoreStatus(bytes(data, "total"), bytes(data, "used"), bytes(data, "avail"));
  }

  private static long bytes(JsonNode data, String field) throws BadAnswerException {
    JsonNode value = data.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new BadAnswerException(
          "status", "expected the integer '" + field + "', found " + value.getNodeType());
    }
    return value.longValue();
  }

  @Override
  public List<SnapshotInfo> snapshots(Namespace namespace, Optional<BackupGroup> group)
      throws IOException {
    HttpUrl.Builder url = datastore("snapshots");
    addNamespace(url, namespace);
    group.ifPresent(one -> addGroup(url, one));
    return SnapshotListing.snapshots(get("snapshots", url.build()));
  }

  @Override
  public List<SnapshotInfo.FileInfo> files(Namespace namespace, Snapshot snapshot)
      throws IOException {
    HttpUrl.Builder url = datastore("files");
    addNamespace(url, namespace);
    addSnapshot(url, snapshot);
    return SnapshotListing.files("files", get("files", url.build()));
  }

  @Override
  public void forget(Namespace namespace, Snapshot snapshot) throws IOException {
    HttpUrl.Builder url = datastore("snapshots");
    addNamespace(url, namespace);
    addSnapshot(url, snapshot);
    call("forget", request(url.build()).delete().build());
  }

  @Override
  public BackupSession startBackup(Namespace namespace, Snapshot snapshot) throws IOException {
    UpgradedSocket socket =
        connector.open(sessionUrl("backup", namespace, snapshot), HttpBackupSession.PROTOCOL);
    return HttpBackupSession.start(
        snapshot, calls(socket, "the server drops the unfinished snapshot " + snapshot));
  }

  @Override
  public ReaderSession startReader(Namespace namespace, Snapshot snapshot) throws IOException {
    UpgradedSocket socket =
        connector.open(sessionUrl("reader", namespace, snapshot), HttpReaderSession.PROTOCOL);
    return HttpReaderSession.start(
        snapshot, calls(socket, "the snapshot " + snapshot + " is as it was"));
  }

  private SessionCalls calls(UpgradedSocket socket, String consequence) {
    return new SessionCalls(endpoint.repository().endpoint(), socket, timeouts, consequence);
  }

  private HttpUrl sessionUrl(String path, Namespace namespace, Snapshot snapshot) {
    HttpUrl.Builder url =
        endpoint.url(path).addQueryParameter("store", endpoint.repository().datastore());
    addNamespace(url, namespace);
    addSnapshot(url, snapshot);
    return url.build();
  }

  private HttpUrl.Builder datastore(String path) {
    return endpoint
        .url("admin/datastore")
        .addPathSegment(endpoint.repository().datastore())
        .addPathSegment(path);
  }

  private static void addNamespace(HttpUrl.Builder url, Namespace namespace) {
    if (!namespace.isRoot()) {
      url.addQueryParameter("ns", namespace.path());
    }
  }

  private static void addGroup(HttpUrl.Builder url, BackupGroup group) {
    url.addQueryParameter("backup-type", group.type().id());
    url.addQueryParameter("backup-id", group.id());
  }

  private static void addSnapshot(HttpUrl.Builder url, Snapshot snapshot) {
    addGroup(url, snapshot.group());
    url.addQueryParameter("backup-time", Long.toString(snapshot.time()));
  }

  private JsonNode get(String what, HttpUrl url) throws IOException {
    return call(what, request(url).build());
  }

  private Request.Builder request(HttpUrl url) throws IOException {
    return new Request.Builder()
        .url(url)
        .header("Authorization", endpoint.authorization())
        .header("User-Agent", "qmpbs")
        .header("Accept-Encoding", "identity");
  }

  private JsonNode call(String what, Request request) throws IOException {
    try (Response response = client.newCall(request).execute()) {
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

  @Override
  public void close() {
    client.connectionPool().evictAll();
  }
}
