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
    CommandLine line = commandLine(args);
    try {
      return line.execute(new BackupVariables(host).addTo(line, args));
    } catch (ParameterException e) {
      return wrongUse(e, args);
    }
  }

  /** All commands with all that can follow them, for whoever describes the command line. */
  public CommandLine everything() {
    return commandLine(true);
  }

  CommandLine commandLine(String... args) {
    return commandLine(false, args);
  }

  private CommandLine commandLine(boolean everything, String... args) {
    CommandLine root = new CommandLine(new RootCommand());
    List<CliCommand> commands =
        List.of(
            new BackupCommand(host),
            new RestoreCommand(host),
            new SnapshotsCommand(host),
            new FilesCommand(host),
            new DiffCommand(host),
            new VerifyCommand(host),
            new BenchmarkCommand(host),
            new UploadLogCommand(host),
            new StatusCommand(host),
            new RecoverCommand(host),
            new BitmapCommand(host),
            new VersionCommand(host));
    for (CliCommand command : commands) {
      CommandLine line = new CommandLine(command);
      describeExitCodes(line, command);
      if (command instanceof BitmapCommand) {
        addBitmapCommands(line, everything, args);
      }
      root.addSubcommand(line);
    }
    AdminCommands.addTo(root, host);
    root.addSubcommand(KeyCommand.line(host));
    root.addSubcommand(LoginCommand.line(host));
    root.addSubcommand(ConfigCommand.line(host));
    root.addSubcommand(new CommandLine.HelpCommand());
    describeExitCodes(root, null);
    root.setOut(new PrintWriter(host.out(), true, UTF_8));
    root.setErr(new PrintWriter(host.err(), true, UTF_8));
    root.setCaseInsensitiveEnumValuesAllowed(false);
    // A file or a bitmap may be called @something; arguments are never read from files here.
    root.setExpandAtFiles(false);
    root.setParameterExceptionHandler(this::wrongUse);
    return root;
  }

  /**
   * {@code list}, {@code check} and {@code repair} are commands only in the first place: behind an
   * action they are the name of a file or of a bitmap.
   */
  private void addBitmapCommands(CommandLine bitmap, boolean everything, String... args) {
    List<CliCommand> commands =
        List.of(
            new BitmapListCommand(host),
            new BitmapCheckCommand(host),
            new BitmapRepairCommand(host));
    for (CliCommand command : commands) {
      CommandLine line = new CommandLine(command);
      describeExitCodes(line, command);
      if (everything
          || (args.length > 1
              && args[0].equals(BitmapCommand.NAME)
              && args[1].equals(line.getCommandName()))) {
        bitmap.addSubcommand(line);
      }
    }
  }

  static void describeExitCodes(CommandLine line, @Nullable CliCommand command) {
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
      String command = line.getCommandSpec().qualifiedName().replaceFirst("^qmpbs ", "");
      boolean pretty = String.join(" ", args).contains("json-pretty");
      Output output = new JsonOutput(host.out(), command, true, false, pretty, host.clock());
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
