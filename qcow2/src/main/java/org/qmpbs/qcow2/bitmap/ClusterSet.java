package org.qmpbs.qcow2.bitmap;

import java.util.BitSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A set of clusters, by number, in stretches as long as those of a refcount block. Takes about a
 * bit for each cluster between the first and the last of a stretch.
 */
final class ClusterSet {
  private final int stretch;
  private final NavigableMap<Long, BitSet> members = new TreeMap<>();

  /**
   * An empty set.
   *
   * @param stretch clusters that one refcount block counts
   */
  ClusterSet(int stretch) {
    this.stretch = stretch;
  }

  /** Adds a cluster; whether it was not there. */
  boolean add(long cluster) {
    BitSet set = members.computeIfAbsent(cluster / stretch, key -> new BitSet());
    int index = (int) (cluster % stretch);
    boolean added = !set.get(index);
    set.set(index);
    return added;
  }

  /** Takes a cluster out; whether it was there. */
  boolean remove(long cluster) {
    BitSet set = members.get(cluster / stretch);
    int index = (int) (cluster % stretch);
    if (set == null || !set.get(index)) {
      return false;
    }
    set.clear(index);
    if (set.isEmpty()) {
      members.remove(cluster / stretch);
    }
    return true;
  }

  boolean contains(long cluster) {
    BitSet set = members.get(cluster / stretch);
    return set != null && set.get((int) (cluster % stretch));
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /** The stretches that have members, ascending; the sets are not copies. */
  Map<Long, BitSet> stretches() {
    return members;
  }
}
