package org.qmpbs.client.bitmap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;
import org.qmpbs.qcow2.bitmap.CheckReport;
import org.qmpbs.qcow2.bitmap.Severity;
import org.qmpbs.qcow2.bitmap.ShellWord;

/** What {@code qmpbs bitmap check} shows. */
public record BitmapCheckReport(Path image, CheckReport check) implements Listing {
  @Override
  public ExitCode exitCode() {
    return Severities.exitCode(check.findings());
  }

  @Override
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    lines.add(image + ": " + verdict());
    for (CheckReport.CheckedBitmap bitmap : check.bitmaps()) {
      lines.add(
          "  bitmap '"
              + bitmap.name()
              + "': "
              + (bitmap.whole() ? "whole" : "not whole, see below"));
    }
    if (!check.guestWalked()) {
      lines.add(
          "  not all that leads to guest data could be followed: what is shared or leaked is not known");
    }
    lines.addAll(FindingText.grouped(check.findings(), ShellWord.of(image)));
    return lines;
  }

  private String verdict() {
    Severity worst = check.worst().orElse(Severity.NOTE);
    return switch (worst) {
      case UNOPENABLE -> "damaged, QEMU does not open it";
      case DANGEROUS -> "damaged, QEMU opens it and guest data is in danger";
      case USELESS -> "whole, but a bitmap is of no use";
      case LEAK -> "whole, but room is lost";
      case NOTE -> "no errors, " + count(check.bitmaps().size());
    };
  }

  private static String count(int bitmaps) {
    return bitmaps == 0 ? "no bitmaps" : bitmaps + (bitmaps == 1 ? " bitmap" : " bitmaps");
  }

  @Override
  public void describe(ObjectNode summary) {
    summary
        .put("image", image.toString())
        .put("worst", check.worst().map(Severities::id).orElse(null))
        .put("guest_walked", check.guestWalked());
    ArrayNode bitmaps = summary.putArray("bitmaps");
    for (CheckReport.CheckedBitmap bitmap : check.bitmaps()) {
      bitmaps
          .addObject()
          .put("name", bitmap.name().toString())
          .put("granularity", bitmap.granularity())
          .put("records", bitmap.records())
          .put("whole", bitmap.whole());
    }
    ArrayNode findings = summary.putArray("findings");
    check.findings().forEach(each -> FindingText.describe(findings.addObject(), each));
  }
}
