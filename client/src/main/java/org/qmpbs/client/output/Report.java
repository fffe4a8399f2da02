package org.qmpbs.client.output;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The result of a command, for people and for programs. */
public interface Report {
  /** Lines for people. */
  List<String> text();

  /** Adds the fields of the JSON summary. */
  void describe(ObjectNode summary);

  /** {@link ExitCode#DONE} or a code that says what is not quite right. */
  default ExitCode exitCode() {
    return ExitCode.DONE;
  }
}
