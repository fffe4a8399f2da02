package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.qmpbs.chunker.ChunkSealer;
import org.qmpbs.chunker.KeyFingerprint;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.lookup.SnapshotResolver;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.SnapshotInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code qmpbs upload-log}. */
@Command(
    name = "upload-log",
    description = "Store a log file with a snapshot, as client.log.blob. A snapshot takes one.",
    mixinStandardHelpOptions = true)
final class UploadLogCommand implements CliCommand {
  /** Compressed, this is what the server takes as a blob; encoding it needs twice as much here. */
  private static final int MOST = 64 << 20;

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final ReadKeyOptions key = new ReadKeyOptions();

  @Parameters(
      index = "0",
      paramLabel = "SNAPSHOT",
      converter = Converters.ToSnapshotPath.class,
      description = "type/id/time, or type/id for the newest.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private SnapshotPath snapshot;

  @Parameters(index = "1", paramLabel = "LOGFILE", description = "At most 64 MiB.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private Path file;

  private final Host host;

  @SuppressWarnings("NullAway.Init")
  UploadLogCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return ServerCodes.LOOKING;
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "upload-log")
        .run(
            Consequence.changing("qmpbs files " + snapshot),
            (out, interruption) -> upload(out, interruption));
  }

  private Report upload(Output out, Interruption interruption) throws IOException {
    byte[] content = read();
    try (HeldKey held = key.open(host, out);
        PbsServer pbs = server.open(host)) {
      interruption.cancelCalls(pbs);
      SnapshotInfo found = new SnapshotResolver(pbs, server.namespace()).resolve(snapshot);
      byte[] blob = sealer(found, held, out).seal(content);
      pbs.administration().uploadLog(server.namespace(), found.snapshot(), blob);
      return new UploadLogReport(found.snapshot(), content.length, blob.length);
    }
  }

  private byte[] read() throws IOException {
    if (Files.isDirectory(file)) {
      throw new UsageException(file + " is a directory", "Name the file that holds the log.");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST + 1);
      if (content.length > MOST) {
        throw new UsageException(
            file + " has more than 64 MiB", "Compress it to a part that is worth keeping.");
      }
      return content;
    }
  }

  /**
   * A key encrypts, whatever the server says of the snapshot: a log of an encrypted machine must
   * not become readable because somebody there changed a word. Without one, that word at least
   * keeps who has forgotten the key from giving the log away.
   */
  private ChunkSealer sealer(SnapshotInfo found, HeldKey held, Output out) throws UsageException {
    if (held.key().isPresent()) {
      KeyFingerprint own = held.key().get().fingerprint();
      KeyFingerprint theirs = found.fingerprint();
      if (theirs != null && !theirs.equals(own)) {
        out.warn(
            "the snapshot was made with key "
                + theirs.shortForm()
                + ", and its log is encrypted with another, "
                + own.shortForm());
      }
      return ChunkSealer.of(held.key().get(), host.random());
    }
    boolean isEncrypted =
        found.files().stream().anyMatch(each -> each.cryptMode() == CryptMode.ENCRYPT);
    if (isEncrypted && !key.isNone()) {
      throw new UsageException(
          found.snapshot() + " is encrypted, and there is no key to encrypt the log",
          "Give the key of the snapshot: --keyfile FILE; or store the log in plain with"
              + " --crypt-mode none.");
    }
    return ChunkSealer.PLAIN;
  }

  private record UploadLogReport(Snapshot snapshot, long size, long stored) implements Report {
    @Override
    public List<String> text() {
      return List.of("stored " + size + " bytes as client.log.blob of " + snapshot);
    }

    @Override
    public void describe(ObjectNode summary) {
      summary.put("snapshot", snapshot.toString());
      Rows.name(summary, snapshot);
      summary.put("bytes_size", size).put("bytes_sent", stored);
    }
  }
}
