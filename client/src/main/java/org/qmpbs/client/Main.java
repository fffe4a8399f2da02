package org.qmpbs.client;

import java.io.IOException;
import org.qmpbs.client.cli.Cli;
import org.qmpbs.client.cli.Host;

/** The program. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) throws IOException {
    // Scripts ask for the version often; to load the parser takes several times the rest.
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      System.out.println(Version.current().line());
      return;
    }
    System.exit(new Cli(Host.system()).run(args));
  }
}
