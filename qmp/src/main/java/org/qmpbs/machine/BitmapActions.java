package org.qmpbs.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arguments for what is done with bitmaps, alone or in a transaction. */
final class BitmapActions {
  /**
   * Bytes per bit of an epoch bitmap: the chunks on the server are that big, and what QEMU stores
   * for a disk of 1 TiB is 32 KiB.
   */
  static final long GRANULARITY = 4L << 20;

  private BitmapActions() {}

  /** The bitmap that starts recording for the next backup. */
  static ObjectNode addEpoch(DiskRequest request) {
    return addEpoch(request.disk(), request.newBitmap(), request.storeNewBitmap());
  }

  static ObjectNode addEpoch(Disk disk, String name, boolean store) {
    return Json.object("node", disk.formatNode())
        .put("name", name)
        .put("granularity", GRANULARITY)
        .put("persistent", store && disk.persistentBitmaps());
  }

  static ObjectNode remove(String node, String name) {
    return Json.object("node", node).put("name", name);
  }

  /** An action of a user on a bitmap of a live node; its type is also the command for it alone. */
  static ObjectNode change(String node, String bitmap, BitmapChange change) {
    ObjectNode named = Json.object("node", node).put("name", bitmap);
    if (change instanceof BitmapChange.Add add) {
      named.put("persistent", true);
      add.granularity().ifPresent(granularity -> named.put("granularity", granularity));
      return Json.action("block-dirty-bitmap-add", named);
    }
    if (change instanceof BitmapChange.Merge merge) {
      ObjectNode data = Json.object("node", node).put("target", bitmap);
      data.putArray("bitmaps").add(merge.source());
      return Json.action("block-dirty-bitmap-merge", data);
    }
    return Json.action("block-dirty-bitmap-" + verb(change), named);
  }

  private static String verb(BitmapChange change) {
    if (change instanceof BitmapChange.Remove) {
      return "remove";
    }
    if (change instanceof BitmapChange.Clear) {
      return "clear";
    }
    return change instanceof BitmapChange.Enable ? "enable" : "disable";
  }

  /**
   * Actions that put a frozen copy of the trusted bitmap on a node of ours; none for a full read.
   *
   * <p>On a node of ours, because its size never changes: QEMU aborts when somebody resizes a node
   * whose bitmap is exported, and the user may resize the disk at any time. Disabled, because
   * copying before a write is a write to the scratch node.
   */
  static List<ObjectNode> copyTrusted(Part part, String node, String list) {
    @Nullable String trusted = part.request().trustedBitmap();
    if (trusted == null) {
      return List.of();
    }
    long granularity = part.disk().bitmap(trusted).map(Bitmap::granularity).orElse(GRANULARITY);
    ObjectNode add =
        Json.object("node", node)
            .put("name", list)
            .put("granularity", granularity)
            .put("persistent", false)
            .put("disabled", true);
    ObjectNode merge = Json.object("node", node).put("target", list);
    merge.set(
        "bitmaps",
        Json.array(List.of(Json.object("node", part.disk().formatNode()).put("name", trusted))));
    return List.of(
        Json.action("block-dirty-bitmap-add", add), Json.action("block-dirty-bitmap-merge", merge));
  }
}
