package org.qmpbs.pbs;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;

/**
 * The server's REST interface, and the door to its sessions; both trust the same certificates.
 * Nothing is connected before the first call.
 */
final class HttpPbsServer implements PbsServer {
  private final Endpoint endpoint;
  private final Timeouts timeouts;
  private final Trust trust;
  private final RestClient client;
  private final Authorization authorization;
  private final SessionConnector connector;
  private final RestCalls rest;

  /**
   * Takes the login's secret over.
   *
   * @param clock for the age of tickets
   */
  HttpPbsServer(Login login, Trust trust, Timeouts timeouts, Clock clock) {
    Repository repository = login.repository();
    this.endpoint = new Endpoint(repository);
    this.timeouts = timeouts;
    this.trust = trust;
    Mask mask = new Mask(login.secret());
    this.client = new RestClient(repository, trust, timeouts, mask);
    this.authorization =
        repository.isToken()
            ? new TokenAuthorization(repository.authId(), login.secret(), mask)
            : new TicketAuthorization(
                new TicketLogin(endpoint, client, clock), login.secret(), mask);
    this.connector = new SessionConnector(repository, trust, timeouts, authorization);
    this.rest = new RestCalls(endpoint, client, authorization);
  }

  @Override
  public Repository repository() {
    return endpoint.repository();
  }

  @Override
  public String version() throws IOException {
    return serverVersion().version();
  }

  @Override
  public ServerVersion serverVersion() throws IOException {
    return AdminAnswers.version(rest.get("version", rest.url("version").build()));
  }

  @Override
  public DatastoreAdmin administration() {
    return new HttpDatastoreAdmin(rest);
  }

  @Override
  public ServerTasks tasks() {
    return new HttpServerTasks(rest, endpoint.repository().datastore());
  }

  @Override
  public DatastoreStatus status() throws IOException {
    return UsageAnswer.read(rest.get("status", rest.datastore("status").build())).room();
  }

  @Override
  public List<SnapshotInfo> snapshots(Namespace namespace, Optional<BackupGroup> group)
      throws IOException {
    HttpUrl.Builder url = rest.datastore("snapshots");
    RestCalls.addNamespace(url, namespace);
    group.ifPresent(one -> RestCalls.addGroup(url, one));
    return SnapshotListing.snapshots(rest.get("snapshots", url.build()));
  }

  @Override
  public List<SnapshotInfo.FileInfo> files(Namespace namespace, Snapshot snapshot)
      throws IOException {
    HttpUrl.Builder url = rest.datastore("files");
    RestCalls.addNamespace(url, namespace);
    RestCalls.addSnapshot(url, snapshot);
    return SnapshotListing.files("files", rest.get("files", url.build()));
  }

  @Override
  public void forget(Namespace namespace, Snapshot snapshot) throws IOException {
    HttpUrl.Builder url = rest.datastore("snapshots");
    RestCalls.addNamespace(url, namespace);
    RestCalls.addSnapshot(url, snapshot);
    rest.delete("forget", url.build());
  }

  @Override
  public Access access() {
    return new HttpAccess(rest, endpoint.repository().datastore(), trust);
  }

  @Override
  public BackupSession startBackup(Namespace namespace, Snapshot snapshot, Protection protection)
      throws IOException {
    UpgradedSocket socket =
        connector.open(sessionUrl("backup", namespace, snapshot), HttpBackupSession.PROTOCOL);
    return HttpBackupSession.start(
        snapshot,
        protection,
        calls(socket, "the server drops the unfinished snapshot " + snapshot));
  }

  @Override
  public ReaderSession startReader(Namespace namespace, Snapshot snapshot, ReadKey key)
      throws IOException {
    UpgradedSocket socket =
        connector.open(sessionUrl("reader", namespace, snapshot), HttpReaderSession.PROTOCOL);
    return HttpReaderSession.start(
        snapshot, key, calls(socket, "the snapshot " + snapshot + " is as it was"));
  }

  @Override
  public SpeedTest startSpeedTest(Namespace namespace, long time) throws IOException {
    Snapshot snapshot = new Snapshot(new BackupGroup(BackupType.HOST, "benchmark"), time);
    HttpUrl url =
        sessionUrl("backup", namespace, snapshot)
            .newBuilder()
            .addQueryParameter("benchmark", "true")
            .build();
    UpgradedSocket socket = connector.open(url, HttpBackupSession.PROTOCOL);
    return HttpSpeedTest.start(calls(socket, "the server drops what it was to measure with"));
  }

  private SessionCalls calls(UpgradedSocket socket, String consequence) {
    return new SessionCalls(
        endpoint.repository().endpoint(), socket, timeouts, authorization.mask(), consequence);
  }

  private HttpUrl sessionUrl(String path, Namespace namespace, Snapshot snapshot) {
    HttpUrl.Builder url =
        endpoint.url(path).addQueryParameter("store", endpoint.repository().datastore());
    RestCalls.addNamespace(url, namespace);
    RestCalls.addSnapshot(url, snapshot);
    return url.build();
  }

  @Override
  public void close() {
    client.close();
    authorization.close();
  }
}
