package org.qmpbs.machine;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one run calls its things in QEMU: {@code qmpbs-<run>-<kind><n>}. The run id makes the things
 * of a dead run tell from those of a living one, and nobody else's names begin so.
 */
final class RunNames {
  private static final Pattern OURS = Pattern.compile("qmpbs-([0-9a-f]{8})-[a-z]+[0-9]*");

  private static final Pattern SHIELD = Pattern.compile("qmpbs-[0-9a-f]{8}-g[0-9]+");

  private final String prefix;

  /** For a run id of eight lower-case hex digits. */
  RunNames(String run) {
    this.prefix = "qmpbs-" + run + "-";
    if (!OURS.matcher(prefix + "s0").matches()) {
      throw new IllegalArgumentException("not a run id: " + run);
    }
  }

  /** The run that made something of that name, or empty if it is not ours. */
  static Optional<String> runOf(String name) {
    Matcher matcher = OURS.matcher(name);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  String scratch(int disk) {
    return prefix + "s" + disk;
  }

  String scratchFile(int disk) {
    return prefix + "f" + disk;
  }

  String filter(int disk) {
    return prefix + "c" + disk;
  }

  String shield(int disk) {
    return prefix + "g" + disk;
  }

  /** Whether a node of ours is a shield, see {@link OverlayPoint}. */
  static boolean isShield(String node) {
    return SHIELD.matcher(node).matches();
  }

  String access(int disk) {
    return prefix + "a" + disk;
  }

  String job(int disk) {
    return prefix + "j" + disk;
  }

  String dataExport(int disk) {
    return prefix + "e" + disk;
  }

  String probeExport(int disk) {
    return prefix + "p" + disk;
  }

  String mapExport(int disk) {
    return prefix + "m" + disk;
  }

  String dirtyList(int disk) {
    return prefix + "l" + disk;
  }

  /** Takes a copy's writes and loses none to an error. */
  String quorum(int disk) {
    return prefix + "q" + disk;
  }

  /** Where writes always succeed. */
  String nowhere(int disk) {
    return prefix + "z" + disk;
  }

  /** Carries the dirty list where the scratch node cannot. */
  String listNode(int disk) {
    return prefix + "d" + disk;
  }

  /** A finished copy. */
  String copy(int disk) {
    return prefix + "r" + disk;
  }

  String copyFile(int disk) {
    return prefix + "b" + disk;
  }

  /** Keeps a scratch file open, so that the run can be told from a dead one at every moment. */
  String holder() {
    return prefix + "h0";
  }

  static boolean isHolder(String name) {
    return runOf(name).map(run -> new RunNames(run).holder()).filter(name::equals).isPresent();
  }

  /** A bitmap that says: the machine was running, and this run stops it for a moment. */
  String pauseMark() {
    return prefix + "paused";
  }
}
