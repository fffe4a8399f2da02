package org.qmpbs.client.cli;

import org.qmpbs.client.output.ExitCode;

/** What the failure of a command means for data, machine and the next run. */
@FunctionalInterface
interface Consequence {
  /** For commands that only look. */
  Consequence NOTHING_CHANGED = code -> "Nothing was changed.";

  /** One or two sentences. */
  String of(ExitCode code);
}
