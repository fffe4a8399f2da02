package org.qmpbs.e2e.server;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Parameters that a {@link Schema} has checked: a required one is there and has its type. */
final class Parameters {
  private final Map<String, Object> values;

  Parameters(Map<String, Object> values) {
    this.values = values;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  String text(String name) {
    return (String) Objects.requireNonNull(values.get(name));
  }

  Optional<String> optionalText(String name) {
    return Optional.ofNullable((String) values.get(name));
  }

  long integer(String name) {
    return (Long) Objects.requireNonNull(values.get(name));
  }

  long integer(String name, long otherwise) {
    return has(name) ? integer(name) : otherwise;
  }

  /** A flag whose value is {@code otherwise} if it is not given. */
  boolean flag(String name, boolean otherwise) {
    return has(name) ? flag(name) : otherwise;
  }

  boolean flag(String name) {
    return Boolean.TRUE.equals(values.get(name));
  }

  /** An array whose items are texts. */
  List<String> texts(String name) {
    return ((List<?>) Objects.requireNonNull(values.get(name)))
        .stream().map(String.class::cast).toList();
  }

  /** An array whose items are integers. */
  List<Long> integers(String name) {
    return ((List<?>) Objects.requireNonNull(values.get(name)))
        .stream().map(Long.class::cast).toList();
  }

  Namespace namespace(String name) {
    return optionalText(name).map(Namespace::of).orElse(Namespace.ROOT);
  }

  GroupName group() {
    return new GroupName(namespace("ns"), text("backup-type"), text("backup-id"));
  }

  SnapshotName snapshot() {
    return new SnapshotName(group(), integer("backup-time"));
  }
}
