package org.qmpbs.client.connect;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A setting is missing, cannot be read or makes no sense. The message names the variable, never its
 * value: it may be a secret.
 */
public final class SettingsException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  SettingsException(String message, String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
  }

  SettingsException(String message, String remedy) {
    this(message, remedy, null);
  }

  /** What the user can do. */
  public String remedy() {
    return remedy;
  }
}
