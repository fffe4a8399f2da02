package org.qmpbs.client.cli;

import java.util.Locale;

/** Names of constants in JSON: {@code FIRST_BACKUP} is {@code first-backup}. */
final class Names {
  private Names() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
