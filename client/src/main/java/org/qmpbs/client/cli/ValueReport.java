package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;
import org.qmpbs.client.output.Listing;

/**
 * What was asked for.
 *
 * @param text for people
 * @param fields of the JSON summary
 */
record ValueReport(List<String> text, Consumer<ObjectNode> fields) implements Listing {
  @Override
  public void describe(ObjectNode summary) {
    fields.accept(summary);
  }
}
