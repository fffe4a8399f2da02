package org.qmpbs.client.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.client.retry.PatientReads;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.pbs.Login;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.ServerProblem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code qmpbs login check}: logs in, asks for our rights, and changes nothing. */
@Command(
    name = "check",
    description = "Log in, and show what this login may do on the datastore and namespace.",
    mixinStandardHelpOptions = true)
final class LoginCheckCommand implements CliCommand {
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final RetryOptions retry = new RetryOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  private final Host host;

  LoginCheckCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return ServerCodes.LOOKING;
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "login check")
        .run(Consequence.NOTHING_CHANGED, (out, interruption) -> check(out, interruption));
  }

  private Report check(Output out, Interruption interruption) throws IOException {
    Retries retries = retry.retries();
    Login login = server.login(host);
    try (PbsServer pbs = host.servers().open(login)) {
      interruption.cancelCalls(pbs);
      PatientReads reads = new PatientReads(retries, out, host.random());
      String version = reads.call(pbs::version);
      Set<String> privileges = null;
      String refusal = null;
      try {
        privileges = reads.call(() -> pbs.access().privileges(server.namespace()));
      } catch (PbsException e) {
        refusal = askedInVain(e);
      }
      Rights rights = new Rights(login.repository(), server.namespace(), privileges, refusal);
      if (rights.mayBeListed()) {
        reads.call(
            () -> {
              pbs.access().requireNamespace(server.namespace());
              return true;
            });
      }
      return new LoginReport(login, version, pbs.access().certificate(), rights);
    }
  }

  /** A server may keep rights to itself; everything else is an answer to the check. */
  private static @Nullable String askedInVain(PbsException refused) throws PbsException {
    if (refused.problem() == ServerProblem.LOGIN
        || refused.problem() == ServerProblem.NOT_READY
        || refused.problem() == ServerProblem.UNAVAILABLE) {
      throw refused;
    }
    return Optional.ofNullable(refused.getMessage()).orElse(refused.toString());
  }
}
