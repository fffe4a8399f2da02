package org.qmpbs.client.config;

/** Where a value comes from, or where a finding is. */
public sealed interface Origin permits Place, Origin.Option, Origin.Variable, Origin.BuiltIn {
  /** In one word, for people. */
  String label();

  /**
   * An option of the command line.
   *
   * @param name with its dashes
   */
  record Option(String name) implements Origin {
    @Override
    public String label() {
      return name;
    }
  }

  /**
   * A variable of the environment.
   *
   * @param name for instance QMPBS_RATE
   */
  record Variable(String name) implements Origin {
    @Override
    public String label() {
      return name;
    }
  }

  /** Said nowhere. */
  record BuiltIn() implements Origin {
    @Override
    public String label() {
      return "built-in";
    }
  }
}
