package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.backup.LeftFreeze;
import org.qmpbs.client.backup.Recovery;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Report;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.Leftovers;
import org.qmpbs.machine.Machine;
import org.qmpbs.machine.Strategy;
import org.qmpbs.machine.UnsafeMachineException;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code qmpbs status}: of a machine, if its monitor is named, which needs no server; else of the
 * datastore, as with the official client. Changes nothing.
 */
@Command(
    name = "status",
    description = {
      "Show a machine (--qmp): what its QEMU can do, its disks, our bitmaps; or the datastore.",
      "Without --qmp: show the room on the datastore and what is in it."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements CliCommand {
  /** A monitor that is slower than this is in trouble that the user wants to hear of. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(names = "--qmp", paramLabel = "SOCKET", description = "Monitor socket of the machine.")
  private @Nullable Path qmp;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description = "The backups' scratch directory, if they have one of their own.")
  private @Nullable Path scratch;

  @Option(
      names = "--agent-socket",
      paramLabel = "SOCKET",
      description = "Socket of the guest's agent: ask what it is, and whether anything is frozen.")
  private @Nullable Path agentSocket;

  private final Host host;

  StatusCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    List<ExitCode> codes = new ArrayList<>(ServerCodes.LOOKING);
    codes.add(ExitCode.UNSAFE_MACHINE);
    return codes;
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "status")
        .run(
            Consequence.NOTHING_CHANGED,
            (out, interruption) -> qmp == null ? datastore() : machine(qmp));
  }

  private Report datastore() throws IOException {
    if (scratch != null || agentSocket != null) {
      throw new UsageException(
          "--scratch and --agent-socket are of a machine, and none was named",
          "Name its monitor with --qmp SOCKET, or leave them out to see the datastore.");
    }
    try (PbsServer pbs = server.open(host)) {
      return new DatastoreReport(pbs.repository().datastore(), pbs.administration().usage());
    }
  }

  private Report machine(Path qmp) throws IOException {
    try (Machine machine = Machine.connect(qmp, TIMEOUT)) {
      List<Disk> disks = machine.disks();
      Leftovers leftovers = machine.leftovers();
      Optional<Strategy> strategy = Optional.empty();
      Optional<UnsafeMachineException> refusal = Optional.empty();
      try {
        strategy = Optional.of(machine.strategy());
        // A backup removes what dead runs left before it asks.
        machine.requireSafeWithout(leftovers, disks);
      } catch (UnsafeMachineException e) {
        refusal = Optional.of(e);
      }
      return new StatusReport(
          machine.info(),
          machine.capabilities(),
          strategy,
          disks,
          machine.bitmapRooms(disks),
          machine.internalSnapshots(disks),
          machine.skipped(),
          leftovers,
          Recovery.preview(leftovers, disks),
          LeftFreeze.in(scratch),
          Optional.ofNullable(agentSocket).map(AgentStatus::of),
          refusal.map(e -> new StatusReport.Refusal(String.valueOf(e.getMessage()), e.remedy())));
    }
  }
}
