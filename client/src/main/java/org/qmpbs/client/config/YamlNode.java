package org.qmpbs.client.config;

import java.util.List;

/** What a YAML document consists of, each part with its place. */
sealed interface YamlNode {
  /** Where it begins. */
  Place place();

  /** The kind in words, for messages. */
  String kind();

  /**
   * One value.
   *
   * @param text as written, without quotes
   * @param plain whether it was written without quotes, so that {@code true} is no text
   */
  record Scalar(Place place, String text, boolean plain) implements YamlNode {
    /** Whether YAML 1.2 reads it as nothing at all. */
    boolean isNull() {
      return plain && (text.isEmpty() || text.matches("~|null|Null|NULL"));
    }

    /** Whether YAML 1.2 reads it as a truth value. */
    boolean isBoolean() {
      return plain && text.matches("true|True|TRUE|false|False|FALSE");
    }

    @Override
    public String kind() {
      return isNull() ? "nothing" : isBoolean() ? text : "a text";
    }

    /** Values may be secrets. */
    @Override
    public String toString() {
      return "scalar at " + place;
    }
  }

  /** Values one after the other. */
  record Sequence(Place place, List<YamlNode> items) implements YamlNode {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /** Values by keys; no key twice. */
  record Mapping(Place place, List<Entry> entries) implements YamlNode {
    @Override
    public String kind() {
      return "a group of keys";
    }
  }

  /** A key and its value. */
  record Entry(Scalar key, YamlNode value) {}
}
