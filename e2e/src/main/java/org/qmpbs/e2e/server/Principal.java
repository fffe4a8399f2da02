package org.qmpbs.e2e.server;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who makes a call, and what they may do.
 *
 * @param authId {@code user@realm!token}
 * @param privileges on every datastore
 */
record Principal(String authId, Set<Privilege> privileges) {

  boolean has(Privilege privilege) {
    return privileges.contains(privilege);
  }

  /**
   * Asserts one of two sets of rights.
   *
   * @return whether only the limited set is there, so that the group's owner has to be checked too
   */
  boolean isLimited(Namespace namespace, String store, Set<Privilege> full, Set<Privilege> limited)
      throws Refused {
    if (!Collections.disjoint(privileges, full)) {
      return false;
    }
    if (!Collections.disjoint(privileges, limited)) {
      return true;
    }
    EnumSet<Privilege> wanted = EnumSet.copyOf(full);
    wanted.addAll(limited);
    throw new Refused(
        403,
        "permission check failed - missing "
            + wanted.stream().map(Privilege::serverName).collect(Collectors.joining("|"))
            + " on "
            + namespace.aclPath(store));
  }

  /** A group belongs to its owner; a token's group also to the user whose token it is. */
  boolean owns(String owner) {
    int token = owner.indexOf('!');
    return owner.equals(authId) || (token >= 0 && owner.substring(0, token).equals(authId));
  }

  void requireOwner(String owner) throws Refused {
    if (!owns(owner)) {
      throw Refused.badRequest("backup owner check failed (" + authId + " != " + owner + ")");
    }
  }
}
