package org.qmpbs.client.cli;

import java.io.IOException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.lookup.NotInDatastoreException;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
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

  /**
   * A server lists a namespace that is not there as one without others in it, and deletes it
   * without a complaint, so that a slip of the pen would pass for success.
   */
  final void requireThere(PbsServer pbs, Namespace namespace) throws IOException {
    if (!namespace.isRoot()
        && !pbs.administration()
            .namespaces(namespace.parent(), OptionalInt.of(1))
            .contains(namespace)) {
      throw new NotInDatastoreException(
          "there is no namespace " + namespace + ", or this login may not see it",
          "List what is there with: qmpbs namespace list");
    }
  }
}
