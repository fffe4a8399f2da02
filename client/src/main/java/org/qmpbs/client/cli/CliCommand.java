package org.qmpbs.client.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.qmpbs.client.output.ExitCode;

/** A command; {@link #call} returns the exit code. */
interface CliCommand extends Callable<Integer> {
  /** Exit codes that this command can have besides those every command can have. */
  List<ExitCode> exitCodes();

  @Override
  Integer call();
}
