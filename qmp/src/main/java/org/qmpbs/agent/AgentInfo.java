package org.qmpbs.agent;

import java.util.Set;

/**
 * What an agent says of itself.
 *
 * @param version of the agent, which may be another one than QEMU's
 * @param enabled commands that exist and are not forbidden by the guest's owner
 */
public record AgentInfo(String version, Set<String> enabled) {
  /** Keeps a copy. */
  public AgentInfo {
    enabled = Set.copyOf(enabled);
  }

  /** Whether it can tell if something is frozen; true while something is. */
  public boolean canTell() {
    return enabled.contains(GuestAgent.STATUS);
  }

  /** Whether it can tell, freeze and thaw; false while something is frozen. */
  public boolean canFreeze() {
    return enabled.containsAll(Set.of(GuestAgent.STATUS, GuestAgent.FREEZE, GuestAgent.THAW));
  }
}
