package org.qmpbs.client.cli;

import org.jspecify.annotations.Nullable;
import org.qmpbs.pbs.Namespace;
import picocli.CommandLine.Parameters;

/** A command on a namespace, which may be named as an argument or with {@code --ns}. */
abstract class NamespaceSubcommand extends ServerCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "NAMESPACE",
      converter = Converters.ToNamespace.class,
      description = "Which one; or --ns.")
  private @Nullable Namespace argument;

  NamespaceSubcommand(Host host, String name) {
    super(host, name);
  }

  /** The namespace, the root if none was named. */
  final Namespace named() throws UsageException {
    if (argument == null) {
      return namespace();
    }
    if (!namespace().isRoot()) {
      throw new UsageException("the namespace is named twice", "Leave out --ns.");
    }
    return argument;
  }

  /** The namespace, which may not be the root. */
  final Namespace namedBelowRoot() throws UsageException {
    if (named().isRoot()) {
      throw new UsageException(
          "no namespace was named, and the root is always there", "Name the namespace.");
    }
    return named();
  }
}
