package org.qmpbs.pbs;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** What a login is to its server, and what it may do there. */
public interface Access {
  /** The certificate of the last connection, once there was one. */
  Optional<Fingerprint> certificate();

  /**
   * The rights in one namespace, named as the server names them, for instance {@code
   * Datastore.Backup}. A token's are those that its user has, too. Whether the datastore exists is
   * not looked at.
   *
   * @throws PbsException if the server does not tell
   */
  Set<String> privileges(Namespace namespace) throws IOException;

  /**
   * Looks whether datastore and namespace exist. Needs one of {@code Datastore.Audit} and {@code
   * Datastore.Backup}.
   *
   * @throws PbsException {@link ServerProblem#NOT_FOUND} if not
   */
  void requireNamespace(Namespace namespace) throws IOException;
}
