package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.qmpbs.client.config.Catalogue;
import org.qmpbs.client.config.ConfigSchema;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code qmpbs config schema}. */
@Command(
    name = "schema",
    description = "Print the JSON Schema of the configuration, for editors.",
    mixinStandardHelpOptions = true)
final class ConfigSchemaCommand extends ConfigSubcommand {
  @Option(names = "--machine", description = "That of a file in machines.d.")
  private boolean machine;

  ConfigSchemaCommand(Host host, Catalogue catalogue) {
    super(host, catalogue, "schema");
  }

  @Override
  public List<ExitCode> exitCodes() {
    return List.of(ExitCode.TARGET);
  }

  @Override
  Report work() {
    ConfigSchema schema = new ConfigSchema(catalogue());
    return new Schema(machine ? schema.machine() : schema.main());
  }

  private record Schema(ObjectNode schema) implements Listing {
    @Override
    public List<String> text() {
      return schema.toPrettyString().lines().toList();
    }

    @Override
    public void describe(ObjectNode summary) {
      summary.set("json_schema", schema);
    }
  }
}
