package org.qmpbs.e2e.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The users that log in with a password. Passwords stay in here. Thread-safe. */
final class Passwords {
  private final Map<String, byte[]> passwords = new ConcurrentHashMap<>();
  private final Set<String> secondFactor = ConcurrentHashMap.newKeySet();

  void add(String user, String password) {
    passwords.put(user, password.getBytes(StandardCharsets.UTF_8));
  }

  /** From now on this user's password alone gives a challenge and no ticket. */
  void requireSecondFactor(String user) {
    secondFactor.add(user);
  }

  boolean knows(String user) {
    return passwords.containsKey(user);
  }

  boolean matches(String user, String password) {
    byte[] known = passwords.get(user);
    return known != null && MessageDigest.isEqual(known, password.getBytes(StandardCharsets.UTF_8));
  }

  boolean needsSecondFactor(String user) {
    return secondFactor.contains(user);
  }
}
