package org.qmpbs.e2e.server;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who may do what where. A grant holds for its path and, if it is propagated, for all below; a
 * grant further down replaces it, and an empty one takes everything away. A token has no right that
 * its user does not have. Filled before the server starts, read-only after.
 */
final class AccessRules {
  private final Map<String, Map<List<String>, Grant>> grants = new TreeMap<>();

  private record Grant(Set<Privilege> privileges, boolean propagate) {}

  /**
   * What somebody may do at a path.
   *
   * @param all rights there
   * @param propagated those that hold below, too
   */
  record Rights(Set<Privilege> all, Set<Privilege> propagated) {
    private static final Rights NONE = new Rights(Set.of(), Set.of());

    private Rights limitedTo(Rights other) {
      return new Rights(both(all, other.all), both(propagated, other.propagated));
    }

    private static Set<Privilege> both(Set<Privilege> one, Set<Privilege> other) {
      EnumSet<Privilege> common = EnumSet.noneOf(Privilege.class);
      common.addAll(one);
      common.retainAll(other);
      return common;
    }
  }

  void grant(String authId, String path, Collection<Privilege> privileges, boolean propagate) {
    grants
        .computeIfAbsent(authId, id -> new HashMap<>())
        .put(split(path), new Grant(Set.copyOf(privileges), propagate));
  }

  /** A token whose user was given no rights at all is limited by nothing. */
  Rights rights(String authId, String path) {
    Rights own = granted(authId, split(path));
    String user = userOf(authId);
    return user.equals(authId) || !grants.containsKey(user)
        ? own
        : own.limitedTo(granted(user, split(path)));
  }

  private Rights granted(String authId, List<String> path) {
    Map<List<String>, Grant> own = grants.getOrDefault(authId, Map.of());
    Rights rights = Rights.NONE;
    for (int depth = 0; depth <= path.size(); depth++) {
      Optional<Grant> grant = Optional.ofNullable(own.get(path.subList(0, depth)));
      if (grant.isPresent() && (grant.get().propagate() || depth == path.size())) {
        Set<Privilege> privileges = grant.get().privileges();
        rights = new Rights(privileges, grant.get().propagate() ? privileges : Set.of());
      }
    }
    return rights;
  }

  /** Whether somebody has one of these rights on something below a path. */
  boolean anyBelow(String authId, String path, Set<Privilege> wanted) {
    String below = path + "/";
    return paths().stream()
        .filter(granted -> granted.startsWith(below))
        .anyMatch(granted -> rights(authId, granted).all().stream().anyMatch(wanted::contains));
  }

  /** All paths that somebody has a grant on, and those above them. */
  Set<String> paths() {
    Set<String> paths = new TreeSet<>();
    for (Map<List<String>, Grant> own : grants.values()) {
      for (List<String> path : own.keySet()) {
        for (int depth = 1; depth <= path.size(); depth++) {
          paths.add("/" + String.join("/", path.subList(0, depth)));
        }
      }
    }
    return paths;
  }

  boolean knows(String authId) {
    return grants.containsKey(authId);
  }

  static String userOf(String authId) {
    int token = authId.indexOf('!');
    return token < 0 ? authId : authId.substring(0, token);
  }

  private static List<String> split(String path) {
    return Arrays.stream(path.split("/", -1)).filter(name -> !name.isEmpty()).toList();
  }
}
