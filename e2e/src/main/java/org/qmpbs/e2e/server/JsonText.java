package org.qmpbs.e2e.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;

/**
 * Says of bad JSON what the real server's parser (serde_json) says of it, as far as texts are
 * known.
 */
final class JsonText {
  private static final List<String> IDENTIFIERS = List.of("null", "true", "false");

  private JsonText() {}

  static String serdeMessage(JsonProcessingException problem, String text) {
    String stripped = text.stripLeading();
    if (stripped.isEmpty()) {
      return "EOF while parsing a value at line 1 column 0";
    }
    for (String identifier : IDENTIFIERS) {
      if (stripped.charAt(0) == identifier.charAt(0)) {
        int matching = 1;
        while (matching < Math.min(identifier.length(), stripped.length())
            && stripped.charAt(matching) == identifier.charAt(matching)) {
          matching++;
        }
        int column = text.length() - stripped.length() + matching + 1;
        return "expected ident at line 1 column " + column;
      }
    }
    return "expected value at line "
        + problem.getLocation().getLineNr()
        + " column "
        + problem.getLocation().getColumnNr();
  }
}
