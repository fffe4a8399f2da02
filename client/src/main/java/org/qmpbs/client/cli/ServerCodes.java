package org.qmpbs.client.cli;

import java.util.List;
import org.qmpbs.client.output.ExitCode;

/** Exit codes that come with talking to a server. */
final class ServerCodes {
  /** Of commands that only look. */
  static final List<ExitCode> LOOKING =
      List.of(
          ExitCode.NOT_FOUND,
          ExitCode.LOGIN,
          ExitCode.BUSY,
          ExitCode.SERVER,
          ExitCode.NETWORK,
          ExitCode.TARGET,
          ExitCode.INTERRUPTED,
          ExitCode.TERMINATED);

  private ServerCodes() {}
}
