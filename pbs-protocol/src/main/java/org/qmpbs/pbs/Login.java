package org.qmpbs.pbs;

import java.util.List;

/**
 * Where to go and who we are.
 *
 * @param repository server, datastore and user
 * @param secret the token's secret, or the user's password
 * @param pins accepted certificate fingerprints; empty means the system's certificate authorities
 */
public record Login(Repository repository, Secret secret, List<Fingerprint> pins) {
  /** Keeps a copy of the list. */
  public Login {
    pins = List.copyOf(pins);
  }
}
