package org.qmpbs.client.config;

import java.util.Locale;

/**
 * A setting: its name in the file, and with it those of its option and its variable.
 *
 * @param path name, with the group it is in: {@code rate}, {@code retention.keep-daily}
 * @param form what its value looks like
 * @param repeatable whether it is a list
 * @param required whether an entry without it is of no use
 * @param ofOneMachine whether it would be wrong for two machines, so not among the defaults
 * @param description a sentence or two
 * @param builtIn what holds where nobody says anything, in words
 */
public record Key(
    String path,
    ValueForm form,
    boolean repeatable,
    boolean required,
    boolean ofOneMachine,
    String description,
    String builtIn) {

  /** What stands for "nothing". */
  public static final String NONE = "none";

  /** What the names of variables begin with. */
  public static final String PREFIX = "QMPBS_";

  /** A key that need not be there. */
  public static Key of(String path, ValueForm form, String description) {
    return new Key(path, form, false, false, false, description, NONE);
  }

  Key mandatory() {
    return new Key(path, form, repeatable, true, ofOneMachine, description, builtIn);
  }

  Key repeated() {
    return new Key(path, form, true, required, ofOneMachine, description, builtIn);
  }

  Key otherwise(String meaning) {
    return new Key(path, form, repeatable, required, ofOneMachine, description, meaning);
  }

  /** {@code --retention-keep-daily}. */
  public String option() {
    return "--" + path.replace('.', '-');
  }

  /** {@code QMPBS_RETENTION_KEEP_DAILY}. */
  public String variable() {
    return PREFIX + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
