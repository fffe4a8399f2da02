package org.qmpbs.client.manual;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.qmpbs.client.cli.Cli;
import org.qmpbs.client.cli.Host;

/** Writes what the packages have besides the program: {@code man1/} and {@code completion/}. */
public final class Manual {
  private Manual() {}

  /**
   * Called by the build.
   *
   * @param args folder to write to, version, and the date of the build as in 2026-11-21T09:00:00Z
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 3 || args[2].length() < "2026-11-21".length()) {
      throw new IllegalArgumentException("expected: FOLDER VERSION TIMESTAMP");
    }
    write(Path.of(args[0]), args[1], args[2].substring(0, "2026-11-21".length()));
  }

  static void write(Path folder, String version, String date) throws IOException {
    CommandModel program = model();
    Path pages = Files.createDirectories(folder.resolve("man1"));
    for (CommandModel command : program.all().toList()) {
      Files.writeString(
          pages.resolve(command.page() + ".1"),
          ManualPage.of(command, program, version, date),
          UTF_8);
    }
    Path scripts = Files.createDirectories(folder.resolve("completion"));
    Files.writeString(scripts.resolve("qmpbs.bash"), BashCompletion.of(program), UTF_8);
    Files.writeString(scripts.resolve("_qmpbs"), ZshCompletion.of(program), UTF_8);
    Files.writeString(scripts.resolve("qmpbs.fish"), FishCompletion.of(program), UTF_8);
  }

  /** The whole command line. */
  static CommandModel model() {
    return CommandModel.of(new Cli(Host.system()).everything());
  }
}
