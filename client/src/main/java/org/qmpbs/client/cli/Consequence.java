package org.qmpbs.client.cli;

import org.qmpbs.client.output.ExitCode;

/** What the failure of a command means for data, machine and the next run. */
@FunctionalInterface
interface Consequence {
  /** For commands that only look. */
  Consequence NOTHING_CHANGED = code -> "Nothing was changed.";

  /** For commands that change something on the server with one call. */
  static Consequence changing(String look) {
    return code ->
        switch (code) {
          case NETWORK, INTERRUPTED, TERMINATED, INTERNAL ->
              "The server may have done it all the same, or a part of it. Look with: " + look;
          default -> "Nothing was changed.";
        };
  }

  /** The same, where the server goes on with the rest when it must leave something. */
  static Consequence changingManyThings(String look) {
    return code ->
        code == ExitCode.SERVER
            ? "What the server could do is done, unless it says otherwise. Look with: " + look
            : changing(look).of(code);
  }

  /** One or two sentences. */
  String of(ExitCode code);
}
