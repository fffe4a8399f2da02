package org.qmpbs.client.cli;

import java.io.IOException;
import java.util.OptionalInt;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.DatastoreAdmin;
import org.qmpbs.pbs.GroupInfo;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code qmpbs namespace delete}. */
@Command(
    name = "delete",
    description = "Delete a namespace and the empty ones below it.",
    mixinStandardHelpOptions = true)
final class NamespaceDeleteCommand extends NamespaceSubcommand {
  @Mixin private final YesOption yes = new YesOption();

  @Option(
      names = "--delete-groups",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Remove all groups in it and below it first, except protected snapshots.")
  private boolean deleteGroups;

  NamespaceDeleteCommand(Host host) {
    super(host, "namespace delete");
  }

  @Override
  Consequence consequence() {
    return Consequence.changingManyThings("qmpbs namespace list");
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    Namespace namespace = namedBelowRoot();
    requireThere(pbs, namespace);
    if (deleteGroups && yes.asks(host(), output())) {
      yes.require(host(), output(), question(pbs.administration(), namespace));
    }
    pbs.administration().deleteNamespace(namespace, deleteGroups);
    return new ActionReport(
        "deleted the namespace " + namespace,
        summary -> summary.put("ns", namespace.path()).put("delete-groups", deleteGroups));
  }

  private static String question(DatastoreAdmin admin, Namespace namespace) throws IOException {
    int namespaces = 0;
    int groups = 0;
    long snapshots = 0;
    for (Namespace each : admin.namespaces(namespace, OptionalInt.empty())) {
      namespaces++;
      for (GroupInfo group : admin.groups(each)) {
        groups++;
        snapshots += group.count();
      }
    }
    return "Remove "
        + namespace
        + " with all that is in it: namespaces "
        + namespaces
        + ", groups "
        + groups
        + ", snapshots "
        + snapshots
        + "?";
  }
}
