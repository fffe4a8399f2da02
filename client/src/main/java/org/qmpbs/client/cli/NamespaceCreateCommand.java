package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;

/** {@code qmpbs namespace create}. */
@Command(
    name = "create",
    description = "Create a namespace in one that exists.",
    mixinStandardHelpOptions = true)
final class NamespaceCreateCommand extends NamespaceSubcommand {
  NamespaceCreateCommand(Host host) {
    super(host, "namespace create");
  }

  @Override
  Consequence consequence() {
    return Consequence.changing("qmpbs namespace list");
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    Namespace namespace = namedBelowRoot();
    pbs.administration().createNamespace(namespace);
    return new ActionReport(
        "there is a namespace " + namespace + " now",
        summary -> summary.put("ns", namespace.path()));
  }
}
