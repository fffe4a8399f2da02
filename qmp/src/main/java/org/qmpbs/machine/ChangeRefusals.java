package org.qmpbs.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.qmpbs.machine.BitmapChangeException.Reason;
import org.qmpbs.qmp.Monitor;
import org.qmpbs.qmp.QmpCommandException;

/** What is said when the bitmaps of a node cannot be changed as the user wants. */
final class ChangeRefusals {
  /** {@code ENOSPC}, as the C library says it in the English that QEMU speaks. */
  private static final String NO_SPACE = "No space left on device";

  private final Monitor monitor;
  private final BlockGraph graph;
  private final String node;

  ChangeRefusals(Monitor monitor, BlockGraph graph, String node) {
    this.monitor = monitor;
    this.graph = graph;
    this.node = node;
  }

  BitmapChangeException notFound(String bitmap) {
    return new BitmapChangeException(
        Reason.NOT_FOUND, "node " + node + " has no bitmap " + bitmap, lookAt(node));
  }

  BitmapChangeException exists(Bitmap bitmap) {
    return new BitmapChangeException(
        Reason.ALREADY_EXISTS,
        "node "
            + node
            + " already has a bitmap "
            + bitmap.name()
            + (bitmap.inconsistent() ? ", an inconsistent one" : ""),
        "Choose another name, or remove that one first if nobody needs it.");
  }

  BitmapChangeException inconsistent(String bitmap) {
    return new BitmapChangeException(
        Reason.INCONSISTENT,
        "bitmap "
            + bitmap
            + " is inconsistent: QEMU did not end cleanly while it was in use, so nobody knows which"
            + " writes it missed",
        "It can only be removed: --remove. Whoever relied on it has to start over with a full"
            + " copy.");
  }

  BitmapChangeException notStorable(BlockGraph.Node format) {
    boolean old = format.driver().equals("qcow2");
    return new BitmapChangeException(
        Reason.NOT_STORABLE,
        "node "
            + node
            + " is "
            + (old ? "qcow2 version 2" : format.driver())
            + ", which has no place to store bitmaps",
        old
            ? "End the machine and convert the image: qemu-img amend -f qcow2 -o compat=1.1 FILE"
            : "Name a qcow2 node (version 3). Backups do not need it: on other formats they use a"
                + " bitmap that lasts until QEMU ends.");
  }

  BitmapChangeException readOnly() {
    return new BitmapChangeException(
        Reason.READ_ONLY,
        "node " + node + " is read-only, QEMU could not store the change in its image",
        "Name the node that the guest writes to; bitmaps of a backing file can be changed when no"
            + " machine uses it: qmpbs bitmap ... FILENAME BITMAP");
  }

  /** QEMU does not tell who holds a bitmap, only what works on its node. */
  BitmapChangeException busy(String bitmap) throws IOException {
    Set<String> holders = new TreeSet<>();
    for (JsonNode export : monitor.execute("query-block-exports")) {
      if (graph.reachable(Json.text(export, "node-name")).contains(node)) {
        holders.add("export " + Json.text(export, "id"));
      }
    }
    for (String job : Inventory.jobs(monitor, id -> true)) {
      if (graph.jobNodes(job).orElse(Set.of()).stream()
          .anyMatch(top -> graph.reachable(top).contains(node))) {
        holders.add("job " + job);
      }
    }
    return new BitmapChangeException(
        Reason.BUSY,
        "bitmap "
            + bitmap
            + " is in use by "
            + (holders.isEmpty() ? "an export or a job" : String.join(" or ", holders)),
        "Wait until the backup that uses it ends. If its program is gone for good, end what it left"
            + " (block-export-del, job-cancel) and try again.");
  }

  static BitmapChangeException unexplained(
      String node, String bitmap, QmpCommandException refusal) {
    BitmapChangeException explained =
        refusal.description().contains(NO_SPACE)
            ? new BitmapChangeException(
                Reason.NO_ROOM,
                "there is no room for what has to be written to the image of node " + node,
                "Free room on its file system, or enlarge the volume that it is on: one cluster is"
                    + " enough to remove a bitmap, and the only one of an image needs none.")
            : new BitmapChangeException(
                Reason.REFUSED,
                "QEMU would not change bitmap " + bitmap + " of node " + node,
                "See what QEMU says. " + lookAt(node));
    return explained.inWordsOf(refusal);
  }

  /** A shell takes the names that QEMU gives, as {@code #block123}, for comments. */
  private static String lookAt(String node) {
    return "This shows the bitmaps as they are now: qmpbs bitmap list --qmp SOCKET --node '"
        + node
        + "'";
  }
}
