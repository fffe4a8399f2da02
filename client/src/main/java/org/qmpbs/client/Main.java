package org.qmpbs.client;

import org.qmpbs.client.cli.Cli;
import org.qmpbs.client.cli.Host;

/** The program. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(new Cli(Host.system()).run(args));
  }
}
