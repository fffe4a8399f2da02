package org.qmpbs.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpCommandException;

/**
 * Bitmaps of the nodes of a running machine: the actions of {@code qemu-img bitmap}, done by QEMU
 * itself. Nobody else may write to an image that QEMU has open.
 *
 * <p>One action is one command, several are one transaction: either all are done, or none. Only the
 * bitmap that is named is ever changed. What can be seen to be wrong is refused before anything is
 * sent; the last word is QEMU's, and when it says no, the node is looked at once more to say why.
 */
public final class LiveBitmaps {
  private final Monitor monitor;

  LiveBitmaps(Monitor monitor) {
    this.monitor = monitor;
  }

  /**
   * The bitmaps of a node, in QEMU's order, without those that have no name (QEMU's jobs have
   * such).
   *
   * @param node name of a block node; bitmaps are on the node of the image's format, not on filters
   *     above nor on the file below
   * @throws BitmapChangeException with {@code NO_SUCH_NODE}; names the nodes that may be meant
   */
  public List<Bitmap> list(String node) throws IOException {
    return Bitmaps.of(Bitmaps.requireNode(BlockGraph.query(monitor), node));
  }

  /**
   * Does the actions in their order.
   *
   * @param node name of a block node
   * @param bitmap name of the bitmap that is changed, 1 to 1023 bytes
   * @param changes at least one; after {@code Remove} QEMU can do nothing more with this name in
   *     the same transaction
   * @throws BitmapChangeException with the reason and what to do; nothing was changed then
   * @throws org.qmpbs.qmp.QmpTimeoutException if QEMU did not answer; {@link #list} tells then
   *     whether it was done
   */
  public void apply(String node, String bitmap, List<BitmapChange> changes) throws IOException {
    ChangeRules.check(bitmap, changes);
    List<ObjectNode> actions = ChangePlan.of(monitor, node, bitmap, changes);
    try {
      if (actions.size() == 1) {
        ObjectNode only = actions.get(0);
        monitor.execute(Json.text(only, "type"), (ObjectNode) only.get("data"));
      } else if (!actions.isEmpty()) {
        monitor.execute("transaction", Json.transaction(actions));
      }
    } catch (QmpCommandException e) {
      throw ChangePlan.explain(monitor, node, bitmap, changes, e);
    }
  }
}
