package org.qmpbs.client.cli;

import java.io.IOException;
import org.qmpbs.pbs.Login;
import org.qmpbs.pbs.PbsServer;

/** Opens a server; tests put one of their own here. */
@FunctionalInterface
public interface ServerOpener {
  /** Connects and logs in as {@code login} says. */
  PbsServer open(Login login) throws IOException;
}
