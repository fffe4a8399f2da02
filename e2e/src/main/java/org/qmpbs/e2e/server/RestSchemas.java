package org.qmpbs.e2e.server;

/** Parameters of the REST calls. */
final class RestSchemas {
  static final ParameterType SAFE_ID = ParameterType.text(Names.SAFE_ID_PATTERN);
  static final ParameterType NAMESPACE = ParameterType.text(Namespace.PATTERN);
  static final ParameterType TYPE = ParameterType.oneOf(Names.TYPES);
  static final ParameterType TIME = ParameterType.integer(1, Long.MAX_VALUE);
  static final ParameterType DEPTH = ParameterType.integer(0, 7);

  private static final ParameterType NODE =
      ParameterType.checked(node -> node.equals(Tasks.NODE) ? null : "no such node '" + node + "'");

  private RestSchemas() {}

  static ParameterType pathVariable(String name) {
    return switch (name) {
      case "store" -> SAFE_ID;
      case "upid" -> ParameterType.text(Upid.PATTERN);
      case "node" -> NODE;
      default -> throw new IllegalArgumentException("no form known of " + name);
    };
  }

  static Schema.Builder namespace() {
    return Schema.builder().optional("ns", NAMESPACE);
  }

  static Schema.Builder group() {
    return namespace().required("backup-type", TYPE).required("backup-id", SAFE_ID);
  }

  static Schema.Builder snapshot() {
    return group().required("backup-time", TIME);
  }

  /** The type is checked by the handler: this call has another text for it. */
  static Schema.Builder snapshotFilter() {
    return namespace()
        .optional("backup-type", ParameterType.anyText())
        .optional("backup-id", SAFE_ID);
  }
}
