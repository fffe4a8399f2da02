package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.qmpbs.client.config.Origin;
import org.qmpbs.client.config.Place;

/** Where something was said, in JSON. */
final class Origins {
  private Origins() {}

  static void describe(ObjectNode node, Origin origin) {
    if (origin instanceof Place place) {
      node.put("file", place.file().toString());
      if (place.line() > 0) {
        node.put("line", place.line()).put("column", place.column());
      }
    } else if (origin instanceof Origin.Variable variable) {
      node.put("variable", variable.name());
    } else if (origin instanceof Origin.Option option) {
      node.put("option", option.name());
    } else {
      node.put("built_in", true);
    }
  }
}
