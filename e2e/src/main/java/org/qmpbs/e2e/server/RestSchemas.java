package org.qmpbs.e2e.server;

/** Parameters of the REST calls. */
final class RestSchemas {
  private static final ParameterType SAFE_ID = ParameterType.text(Names.SAFE_ID_PATTERN);
  private static final ParameterType NAMESPACE = ParameterType.text(Namespace.PATTERN);

  private RestSchemas() {}

  static Schema.Builder namespace() {
    return Schema.builder().optional("ns", NAMESPACE);
  }

  static Schema.Builder snapshot() {
    return namespace()
        .required("backup-type", ParameterType.oneOf(Names.TYPES))
        .required("backup-id", SAFE_ID)
        .required("backup-time", ParameterType.integer(1, Long.MAX_VALUE));
  }

  /** The type is checked by the handler: this call has another text for it. */
  static Schema snapshotFilter() {
    return namespace()
        .optional("backup-type", ParameterType.anyText())
        .optional("backup-id", SAFE_ID)
        .build();
  }

  static Schema namespaceList() {
    return Schema.builder()
        .optional("parent", NAMESPACE)
        .optional("max-depth", ParameterType.integer(0, 7))
        .build();
  }

  static Schema newNamespace() {
    return Schema.builder().optional("parent", NAMESPACE).required("name", SAFE_ID).build();
  }
}
