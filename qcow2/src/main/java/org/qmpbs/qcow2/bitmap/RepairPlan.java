package org.qmpbs.qcow2.bitmap;

import java.util.List;

/**
 * What a repair does, or did.
 *
 * @param kept bitmaps that stay as they are
 * @param dropped bitmaps that go, as far as their names can be read
 * @param freedClusters that nothing uses any more
 * @param steps in the order in which they are done, each a sentence with its byte offsets
 * @param remaining findings that are not the bitmaps' and that {@code qemu-img check} has to mend
 * @param undoable not if the image has internal snapshots, for then no mark can be left by which an
 *     undo tells whether the image was used since
 */
public record RepairPlan(
    List<BitmapName> kept,
    List<BitmapName> dropped,
    long freedClusters,
    List<String> steps,
    List<Finding> remaining,
    boolean undoable) {
  /** Takes immutable copies. */
  public RepairPlan {
    kept = List.copyOf(kept);
    dropped = List.copyOf(dropped);
    steps = List.copyOf(steps);
    remaining = List.copyOf(remaining);
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return steps.isEmpty();
  }
}
