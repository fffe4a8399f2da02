package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.backup.Recovery;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Report;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code qmpbs recover}: needs no server. */
@Command(
    name = "recover",
    description = "Clear away what a killed backup left of a machine; needs no server.",
    mixinStandardHelpOptions = true)
final class RecoverCommand implements CliCommand {
  private static final Consequence SOME_LEFT =
      code ->
          "What a killed backup left may still be there. No guest data and no good bitmap was"
              + " touched.";

  @Mixin private final OutputOptions output = new OutputOptions();

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private Where where;

  /** A machine that runs, or the images of one that does not. */
  private static final class Where {
    @Option(
        names = "--qmp",
        paramLabel = "SOCKET",
        required = true,
        description = "Monitor socket of the machine.")
    private @Nullable Path qmp;

    @Option(
        names = "--disk",
        paramLabel = "FILE",
        required = true,
        description = "qcow2 image of a machine that is off; may be repeated.")
    private List<Path> disks = new ArrayList<>();
  }

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description = "The backups' scratch directory, if they have one of their own.")
  private @Nullable Path scratch;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = Converters.ToDuration.class,
      description =
          "Wait that long for the monitor of a machine that is just being started, for instance"
              + " 30s; default: not at all.")
  private Duration wait = Duration.ZERO;

  @Option(
      names = "--agent-socket",
      paramLabel = "SOCKET",
      description =
          "Socket of the guest's agent: say if file systems are frozen that no dead backup is known to"
              + " have frozen. (What one did is thawed without this option.)")
  private @Nullable Path agentSocket;

  private final Host host;

  @SuppressWarnings("NullAway.Init")
  RecoverCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return List.of(
        ExitCode.USAGE,
        ExitCode.NOT_FOUND,
        ExitCode.BUSY,
        ExitCode.NETWORK,
        ExitCode.LEFTOVERS,
        ExitCode.INTERRUPTED,
        ExitCode.TERMINATED);
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "recover")
        .run(SOME_LEFT, (out, interruption) -> new Done(recover()));
  }

  private Recovery.Result recover() throws IOException {
    if (where.qmp != null) {
      return new Recovery(where.qmp, scratch, wait).askAgent(agentSocket).run();
    }
    if (agentSocket != null) {
      throw new UsageException(
          "--agent-socket goes with a machine that runs", "Give --qmp SOCKET instead of --disk.");
    }
    return Recovery.ofImages(where.disks, scratch);
  }

  private record Done(Recovery.Result result) implements Report {
    @Override
    public ExitCode exitCode() {
      return result.left().isEmpty() ? ExitCode.DONE : ExitCode.LEFTOVERS;
    }

    @Override
    public List<String> text() {
      List<String> lines = new ArrayList<>(result.removed());
      lines.addAll(result.left());
      return lines.isEmpty() ? List.of("nothing to clear away") : lines;
    }

    @Override
    public void describe(ObjectNode summary) {
      ArrayNode removed = summary.putArray("removed");
      result.removed().forEach(removed::add);
      ArrayNode left = summary.putArray("left");
      result.left().forEach(left::add);
    }
  }
}
