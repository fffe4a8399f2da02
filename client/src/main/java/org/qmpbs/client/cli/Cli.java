package org.qmpbs.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.JsonOutput;
import org.qmpbs.client.output.Output;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The command line as a whole: parses, runs one command, says the exit code. */
public final class Cli {
  private static final List<ExitCode> ALWAYS =
      List.of(ExitCode.DONE, ExitCode.INTERNAL, ExitCode.USAGE);

  private final Host host;

  /** Commands work in {@code host}. */
  public Cli(Host host) {
    this.host = host;
  }

  /** Runs the command that {@code args} name and returns its exit code. */
  public int run(String... args) {
    return commandLine().execute(args);
  }

  CommandLine commandLine() {
    CommandLine root = new CommandLine(new RootCommand());
    List<CliCommand> commands =
        List.of(
            new BackupCommand(host),
            new RestoreCommand(host),
            new SnapshotsCommand(host),
            new FilesCommand(host),
            new StatusCommand(host),
            new RecoverCommand(host),
            new VersionCommand(host));
    for (CliCommand command : commands) {
      CommandLine line = new CommandLine(command);
      describeExitCodes(line, command);
      root.addSubcommand(line);
    }
    root.addSubcommand(new CommandLine.HelpCommand());
    describeExitCodes(root, null);
    root.setOut(new PrintWriter(host.out(), true, UTF_8));
    root.setErr(new PrintWriter(host.err(), true, UTF_8));
    root.setCaseInsensitiveEnumValuesAllowed(false);
    root.setParameterExceptionHandler(this::wrongUse);
    return root;
  }

  private static void describeExitCodes(CommandLine line, @Nullable CliCommand command) {
    TreeSet<ExitCode> codes = new TreeSet<>(ALWAYS);
    codes.addAll(command == null ? List.of(ExitCode.values()) : command.exitCodes());
    Map<String, String> lines = new LinkedHashMap<>();
    codes.forEach(code -> lines.put(String.valueOf(code.code()), code.meaning()));
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(lines);
  }

  /** Options that cannot be parsed; JSON is still owed to who asked for it. */
  private int wrongUse(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    if (asksForJson(args)) {
      Output output = new JsonOutput(host.out(), line.getCommandName(), true, false, host.clock());
      output.fail(Failures.wrongUse(e, line), e);
    } else {
      line.getErr().println("error: " + e.getMessage());
      CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr());
      line.getErr().println("  what to do: " + Failures.wrongUse(e, line).remedy());
    }
    return ExitCode.USAGE.code();
  }

  private static boolean asksForJson(String[] args) {
    return String.join(" ", args).matches(".*" + OutputOptions.FORMAT + "[= ]json.*");
  }
}
