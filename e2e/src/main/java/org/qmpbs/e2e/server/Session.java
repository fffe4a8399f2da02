package org.qmpbs.e2e.server;

import java.util.Optional;

/** A backup or reader session: what a connection can do after its upgrade. */
interface Session {
  /** The call of this name, for instance {@code POST /finish}. */
  Optional<Endpoint> endpoint(String name);

  /** The connection is gone and no call is under way any more; called once, on a worker thread. */
  void end();
}
