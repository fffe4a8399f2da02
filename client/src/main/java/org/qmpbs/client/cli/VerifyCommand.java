package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.client.verify.Subset;
import org.qmpbs.client.verify.VerifyJob;
import org.qmpbs.client.verify.VerifyRequest;
import org.qmpbs.client.verify.VerifyRequest.Records;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.ReadKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code qmpbs verify}. */
@Command(
    name = "verify",
    description = "Read a snapshot and prove that it can be restored, without restoring it.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements CliCommand {
  private static final String RECORDS = "verify";

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final RetryOptions retry = new RetryOptions();
  @Mixin private final ReceiveRateOption rate = new ReceiveRateOption();
  @Mixin private final ReadKeyOptions key = new ReadKeyOptions();

  @Parameters(
      paramLabel = "SNAPSHOT",
      converter = Converters.ToSnapshotPath.class,
      description = "type/id/time, or type/id for the newest.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private SnapshotPath snapshot;

  @Option(
      names = "--on-server",
      description =
          "Let the server read the snapshot itself, and show what it says: no data is sent, and"
              + " chunks that it finds damaged are set aside.")
  private boolean onServer;

  @Option(
      names = "--subset",
      paramLabel = "SUBSET",
      converter = Converters.ToSubset.class,
      description =
          "Chunks to read: a random share (5%%), one of n parts (3/10), or a random amount of the"
              + " disks' bytes (20G); default: all.")
  private Subset subset = Subset.ALL;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "Where an interrupted run leaves what the next one goes on with; default: below"
              + " $STATE_DIRECTORY, $XDG_STATE_HOME or ~/.local/state.")
  private @Nullable Path state;

  @Option(
      names = "--restart",
      description = "Read everything, also what an interrupted run has found good.")
  private boolean restart;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      converter = Converters.ToDuration.class,
      description = "Stop after this time, for instance 4h; the next run goes on; default: never.")
  private @Nullable Duration deadline;

  private final Host host;

  @SuppressWarnings("NullAway.Init")
  VerifyCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    List<ExitCode> codes = new ArrayList<>(ServerCodes.LOOKING);
    codes.addAll(List.of(ExitCode.DAMAGED, ExitCode.DEADLINE));
    return codes;
  }

  @Override
  public Integer call() {
    if (onServer) {
      return verifyOnServer();
    }
    AtomicReference<VerifyJob> running = new AtomicReference<>();
    return new CommandRunner(host, output, "verify")
        .run(
            code -> consequence(Optional.ofNullable(running.get()).flatMap(VerifyJob::keptIn)),
            (out, interruption) -> verify(out, interruption, running));
  }

  private Integer verifyOnServer() {
    return new CommandRunner(host, output, "verify")
        .run(
            code -> "Nothing was changed here. A verification that was begun goes on.",
            (out, interruption) -> {
              requireNothingElse();
              try (PbsServer pbs = server.open(host)) {
                interruption.cancelCalls(pbs);
                return ServerVerification.follow(pbs, server.namespace(), snapshot, out);
              }
            });
  }

  private void requireNothingElse() throws UsageException {
    if (!subset.equals(Subset.ALL)
        || state != null
        || restart
        || rate.isGiven()
        || deadline != null
        || key.isGiven()) {
      throw new UsageException(
          "the server verifies a whole snapshot in its own way",
          "Leave --subset, --state, --restart, --rate, --deadline and keys out, or --on-server.");
    }
  }

  private Report verify(Output out, Interruption interruption, AtomicReference<VerifyJob> running)
      throws IOException {
    try (HeldKey held = key.open(host, out);
        PbsServer pbs = server.open(host)) {
      VerifyRequest request = request(held.readKey());
      VerifyJob job = new VerifyJob(pbs, request, out, host.clock(), host.random());
      running.set(job);
      interruption.cancelWith(job::cancel);
      return new VerifyReport(job.run());
    }
  }

  private VerifyRequest request(ReadKey readKey) throws UsageException {
    return new VerifyRequest(
        server.namespace(),
        snapshot,
        subset,
        records(),
        restart,
        rate.limit(),
        Optional.ofNullable(deadline),
        retry.retries(),
        readKey);
  }

  private Records records() {
    if (state != null) {
      return new Records.InFile(state);
    }
    return StateDirectory.of(host.environment())
        .<Records>map(directory -> new Records.InDirectory(directory.resolve(RECORDS)))
        .orElseGet(Records.Nowhere::new);
  }

  private static String consequence(Optional<Path> keptIn) {
    String changed = "The snapshot is as it was, and whether it is whole is not known.";
    return keptIn
        .map(
            file ->
                changed
                    + " What was good so far is kept in "
                    + file
                    + ": the same command goes on there.")
        .orElse(changed);
  }
}
