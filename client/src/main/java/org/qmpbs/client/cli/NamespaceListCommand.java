package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code qmpbs namespace list}. */
@Command(
    name = "list",
    description = "List the namespaces in and below a namespace.",
    mixinStandardHelpOptions = true)
final class NamespaceListCommand extends NamespaceSubcommand {
  @Option(
      names = "--max-depth",
      paramLabel = "LEVELS",
      description = "How many levels below, 0 to 7; default: all.")
  private @Nullable Integer maxDepth;

  NamespaceListCommand(Host host) {
    super(host, "namespace list");
  }

  @Override
  Report work(PbsServer pbs, Output out) throws IOException {
    if (maxDepth != null && (maxDepth < 0 || maxDepth > 7)) {
      throw new UsageException(
          maxDepth + " levels are not possible", "Give --max-depth from 0 to 7.");
    }
    requireThere(pbs, named());
    List<Namespace> found =
        pbs.administration()
            .namespaces(named(), maxDepth == null ? OptionalInt.empty() : OptionalInt.of(maxDepth));
    return new ValueReport(
        found.stream().filter(each -> !each.isRoot()).map(Namespace::path).toList(),
        summary -> {
          ArrayNode rows = summary.putArray("namespaces");
          found.forEach(each -> rows.addObject().put("ns", each.path()));
        });
  }
}
