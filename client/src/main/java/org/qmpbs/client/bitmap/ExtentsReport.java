package org.qmpbs.client.bitmap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.qmpbs.client.output.Listing;

/**
 * What {@code qmpbs bitmap list --extents} shows.
 *
 * @param image its file
 * @param bitmap its name
 * @param extents that the bitmap calls dirty, ascending
 */
public record ExtentsReport(String image, String bitmap, Extents extents) implements Listing {
  @Override
  public List<String> text() {
    return extents.lines();
  }

  @Override
  public void describe(ObjectNode summary) {
    summary.put("image", image).put("bitmap", bitmap).put("bytes_dirty", extents.bytes());
    ArrayNode rows = summary.putArray("extents");
    for (int i = 0; i < extents.size(); i++) {
      rows.addObject().put("offset", extents.offset(i)).put("length", extents.length(i));
    }
  }
}
