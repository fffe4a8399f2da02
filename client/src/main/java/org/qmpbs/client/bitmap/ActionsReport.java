package org.qmpbs.client.bitmap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.qmpbs.client.output.Listing;

/**
 * What {@code qmpbs bitmap --add …} says: nothing, as {@code qemu-img bitmap}, unless it is asked.
 *
 * @param applied actions
 * @param bitmaps that there are now
 * @param asked whether {@code --output json} was given
 */
public record ActionsReport(int applied, int bitmaps, boolean asked) implements Listing {
  @Override
  public List<String> text() {
    return asked
        ? List.of("{\"actions-applied\": " + applied + ", \"resulting-bitmaps\": " + bitmaps + "}")
        : List.of();
  }

  @Override
  public String done() {
    return "All actions were applied, do not repeat them.";
  }

  @Override
  public void describe(ObjectNode summary) {
    summary.put("actions_applied", applied).put("resulting_bitmaps", bitmaps);
  }
}
