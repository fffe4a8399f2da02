package org.qmpbs.client.backup;

import java.util.Locale;

/** What a backup does about the guest's file systems at the instant. */
public enum FreezeMode {
  /** Nothing: the backup is what a power failure would leave. */
  OFF,
  /** Freezes them if that works; else a warning, and the backup goes on without. */
  TRY,
  /** Freezes them, or there is no backup. */
  REQUIRE;

  /** From a word on the command line. */
  public static FreezeMode parse(String text) {
    for (FreezeMode mode : values()) {
      if (mode.word().equals(text)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("'" + text + "' is not one of off, try, require");
  }

  /** As on the command line and in JSON. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
