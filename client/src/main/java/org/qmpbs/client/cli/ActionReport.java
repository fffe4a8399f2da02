package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;
import org.qmpbs.client.output.Report;

/**
 * That something was done.
 *
 * @param line for people
 * @param fields of the JSON summary
 */
record ActionReport(String line, Consumer<ObjectNode> fields) implements Report {
  @Override
  public List<String> text() {
    return List.of(line);
  }

  @Override
  public void describe(ObjectNode summary) {
    fields.accept(summary);
  }
}
