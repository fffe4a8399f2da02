package org.qmpbs.client.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.connect.ConnectSettings;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.retry.PatientReads;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.pbs.Login;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Option;

/** Which server, datastore and namespace. */
final class ServerOptions {
  @Option(
      names = "--repository",
      paramLabel = "REPOSITORY",
      description = "[[user@realm[!token]@]server[:port]:]datastore; default: PBS_REPOSITORY.")
  private @Nullable String repository;

  @Option(
      names = "--ns",
      paramLabel = "NAMESPACE",
      converter = Converters.ToNamespace.class,
      description = "Namespace of the datastore; default: the root.")
  private Namespace namespace = Namespace.ROOT;

  Namespace namespace() {
    return namespace;
  }

  Login login(Host host) throws IOException {
    return new ConnectSettings(host.environment()).login(repository);
  }

  /** Something that reads from a server. */
  interface Read<T> {
    T from(PbsServer pbs) throws IOException;
  }

  /** Reads, and again after failures of the connection, as often as the user wants. */
  <T> T read(
      Host host, RetryOptions retry, Progress progress, Interruption interruption, Read<T> read)
      throws IOException {
    Retries retries = retry.retries();
    try (PbsServer pbs = open(host)) {
      interruption.cancelCalls(pbs);
      return new PatientReads(retries, progress, host.random()).call(() -> read.from(pbs));
    }
  }

  /** Whether there is any server to talk to. */
  boolean isGiven(Host host) {
    return new ConnectSettings(host.environment()).isRepositoryGiven(repository);
  }

  PbsServer open(Host host) throws IOException {
    return host.servers().open(login(host));
  }
}
