package org.qmpbs.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qmpbs.machine.BitmapChange.Add;
import org.qmpbs.machine.BitmapChange.Disable;
import org.qmpbs.machine.BitmapChange.Enable;
import org.qmpbs.machine.BitmapChange.Merge;
import org.qmpbs.machine.BitmapChange.Remove;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpCommandException;

/**
 * What is sent to QEMU for the changes of one bitmap, as its node is now; or why it cannot be. The
 * changes are gone through in their order, and the first one that the state does not allow is the
 * reason.
 *
 * <p>QEMU would refuse the same. It is not left to it alone, because in a transaction it dies of
 * one refusal: {@code enable} of a bitmap that is not there ends in a segmentation fault (7.2 to
 * 11.1). Looking first does not close the gap to another client of the machine that removes the
 * bitmap meanwhile, so an {@code enable} is never the first of several actions: one on a recording
 * bitmap changes nothing and is left out, and before one on a disabled bitmap comes a {@code
 * disable}, which changes nothing either, but is refused without harm. An empty list of sources for
 * {@code merge} is as deadly; there is never one here.
 */
final class ChangePlan {
  private final BlockGraph.Node node;
  private final String bitmap;
  private final ChangeRefusals refusals;
  private final Map<String, Bitmap> known = new HashMap<>();
  private final List<ObjectNode> actions = new ArrayList<>();
  private boolean recording;

  private ChangePlan(Monitor monitor, BlockGraph graph, BlockGraph.Node node, String bitmap) {
    this.node = node;
    this.bitmap = bitmap;
    this.refusals = new ChangeRefusals(monitor, graph, node.name());
    Bitmaps.of(node).forEach(each -> known.put(each.name(), each));
    @Nullable Bitmap now = known.get(bitmap);
    this.recording = now != null && now.recording();
  }

  /**
   * Looks at the machine and plans.
   *
   * @return actions of a transaction; a single one can also be sent as the command of its type;
   *     empty if there is nothing to change
   * @throws BitmapChangeException if it cannot be done
   */
  static List<ObjectNode> of(
      Monitor monitor, String nodeName, String bitmap, List<BitmapChange> changes)
      throws IOException {
    BlockGraph graph = BlockGraph.query(monitor);
    BlockGraph.Node node = Bitmaps.requireNode(graph, nodeName);
    ChangePlan plan = new ChangePlan(monitor, graph, node, bitmap);
    for (BitmapChange change : changes) {
      plan.checkState(change);
      plan.add(change, changes.size() > 1);
    }
    return plan.actions;
  }

  private void checkState(BitmapChange change) throws IOException {
    @Nullable Bitmap now = known.get(bitmap);
    if (change instanceof Add) {
      if (now != null) {
        throw refusals.exists(now);
      }
      if (!node.storesBitmaps()) {
        throw refusals.notStorable(node);
      }
    } else {
      requireUsable(bitmap, change instanceof Remove);
      if (change instanceof Merge merge) {
        requireUsable(merge.source(), false);
      }
    }
    // QEMU accepts some of these all the same, an add up to 10.0 and enable and disable in every
    // version, though it cannot store them: they would be gone without a word.
    if (node.readOnly() && (now == null || now.persistent())) {
      throw refusals.readOnly();
    }
  }

  private void requireUsable(String name, boolean removal) throws IOException {
    @Nullable Bitmap now = known.get(name);
    if (now == null) {
      throw refusals.notFound(name);
    }
    if (now.busy()) {
      throw refusals.busy(name);
    }
    if (now.inconsistent() && !removal) {
      throw refusals.inconsistent(name);
    }
  }

  private void add(BitmapChange change, boolean several) {
    if (change instanceof Enable && several) {
      if (recording) {
        return;
      }
      if (actions.isEmpty()) {
        actions.add(BitmapActions.change(node.name(), bitmap, new Disable()));
      }
    }
    actions.add(BitmapActions.change(node.name(), bitmap, change));
    if (change instanceof Add || change instanceof Enable) {
      recording = true;
    } else if (change instanceof Disable) {
      recording = false;
    }
    if (change instanceof Add) {
      known.put(bitmap, new Bitmap(bitmap, true, true, false, false, 0, 0));
    }
  }

  /** QEMU's refusal, explained as far as the machine's state explains it. */
  static BitmapChangeException explain(
      Monitor monitor,
      String nodeName,
      String bitmap,
      List<BitmapChange> changes,
      QmpCommandException refusal)
      throws IOException {
    try {
      of(monitor, nodeName, bitmap, changes);
    } catch (BitmapChangeException found) {
      return found.inWordsOf(refusal);
    }
    return ChangeRefusals.unexplained(nodeName, bitmap, refusal);
  }
}
