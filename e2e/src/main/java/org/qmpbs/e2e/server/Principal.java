package org.qmpbs.e2e.server;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who makes a call, and what they may do.
 *
 * @param authId {@code user@realm} or {@code user@realm!token}
 */
record Principal(String authId, AccessRules rules) {

  Set<Privilege> privileges(String path) {
    return rules.rights(authId, path).all();
  }

  boolean has(Privilege privilege, String path) {
    return privileges(path).contains(privilege);
  }

  boolean hasAny(Set<Privilege> wanted, String path) {
    return !Collections.disjoint(privileges(path), wanted);
  }

  /** The check of a call that names one right for its path and owners have no other way. */
  void require(Privilege privilege, String path) throws Refused {
    if (!has(privilege, path)) {
      throw new Refused(403, "permission check failed");
    }
  }

  /**
   * Asserts one of two sets of rights.
   *
   * @return whether only the limited set is there, so that the group's owner has to be checked too
   */
  boolean isLimited(Namespace namespace, String store, Set<Privilege> full, Set<Privilege> limited)
      throws Refused {
    String path = namespace.aclPath(store);
    if (hasAny(full, path)) {
      return false;
    }
    if (hasAny(limited, path)) {
      return true;
    }
    EnumSet<Privilege> wanted = EnumSet.noneOf(Privilege.class);
    wanted.addAll(full);
    wanted.addAll(limited);
    throw new Refused(
        403,
        "permission check failed - missing "
            + wanted.stream().map(Privilege::serverName).collect(Collectors.joining("|"))
            + " on "
            + path);
  }

  /** A group belongs to its owner; a token's group also to the user whose token it is. */
  boolean owns(String owner) {
    return owner.equals(authId) || AccessRules.userOf(owner).equals(authId);
  }

  void requireOwner(String owner) throws Refused {
    if (!owns(owner)) {
      throw Refused.badRequest("backup owner check failed (" + authId + " != " + owner + ")");
    }
  }
}
