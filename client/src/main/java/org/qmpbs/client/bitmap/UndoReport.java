package org.qmpbs.client.bitmap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.qmpbs.client.output.Report;

/** What {@code qmpbs bitmap repair --undo} says. */
public record UndoReport(Path image, Path sideFile) implements Report {
  @Override
  public List<String> text() {
    return List.of(
        image + ": the repair was undone, it is again as it was before, damage included",
        "what was put back is still in " + sideFile);
  }

  @Override
  public void describe(ObjectNode summary) {
    summary
        .put("image", image.toString())
        .put("side_file", sideFile.toString())
        .put("undone", true);
  }
}
