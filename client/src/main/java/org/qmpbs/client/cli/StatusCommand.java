package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code qmpbs status}: looks at a machine, needs no server, changes nothing. */
@Command(
    name = "status",
    description = "Show what a machine's QEMU can do, its disks, our bitmaps and leftovers.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements CliCommand {
  /** A monitor that is slower than this is in trouble that the user wants to hear of. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = "--qmp",
      paramLabel = "SOCKET",
      required = true,
      description = "Monitor socket of the machine.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private Path qmp;

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

  @SuppressWarnings("NullAway.Init")
  StatusCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return List.of(
        ExitCode.NOT_FOUND,
        ExitCode.BUSY,
        ExitCode.NETWORK,
        ExitCode.UNSAFE_MACHINE,
        ExitCode.INTERRUPTED,
        ExitCode.TERMINATED);
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "status")
        .run(Consequence.NOTHING_CHANGED, (out, interruption) -> look());
  }

  private Report look() throws IOException {
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
