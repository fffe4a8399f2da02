package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code qmpbs group forget}. */
@Command(
    name = "forget",
    description = "Remove a group with all its snapshots, except protected ones.",
    mixinStandardHelpOptions = true)
final class GroupForgetCommand extends GroupCommand {
  @Mixin private final YesOption yes = new YesOption();

  GroupForgetCommand(Host host) {
    super(host, "group forget");
  }

  @Override
  Consequence consequence() {
    return Consequence.changingManyThings("qmpbs snapshots" + namespaceOption());
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    return new GroupRemoval(this, yes).run(pbs, group());
  }
}
