package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.bitmap.BitmapListReport;
import org.qmpbs.client.bitmap.BitmapRow;
import org.qmpbs.client.bitmap.Extents;
import org.qmpbs.client.bitmap.ExtentsReport;
import org.qmpbs.client.bitmap.ImageIoException;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.machine.Machine;
import org.qmpbs.qcow2.bitmap.BitmapImage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code qmpbs bitmap list}. */
@Command(
    name = "list",
    description = "Show the bitmaps of an image or of a running machine, and whose they are.",
    customSynopsis = {
      "qmpbs bitmap list [OPTIONS] FILENAME [--extents NAME]",
      "       qmpbs bitmap list [OPTIONS] --qmp SOCKET --node NAME"
    },
    mixinStandardHelpOptions = true)
final class BitmapListCommand implements CliCommand {
  private static final String USAGE =
      "qmpbs bitmap list FILENAME, or qmpbs bitmap list --qmp SOCKET --node NAME";

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final LiveOptions live = new LiveOptions();

  @Option(
      names = "--extents",
      paramLabel = "NAME",
      description = "Show the dirty ranges of this bitmap instead.")
  private @Nullable String extents;

  @Option(
      names = {"-U", "--force-share"},
      description = "Read even while somebody writes; the answer may then be a mixture.")
  private boolean forceShare;

  @Parameters(arity = "0..*", paramLabel = "FILENAME", description = "The image.")
  private @Nullable List<String> words;

  private final Host host;

  BitmapListCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return BitmapCodes.with(ExitCode.BUSY, ExitCode.NETWORK, ExitCode.BITMAPS_USELESS);
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "bitmap list")
        .run(Consequence.NOTHING_CHANGED, (out, interruption) -> list(out));
  }

  private Report list(Output out) throws IOException {
    List<String> named = live.words(words, List.of(), USAGE);
    if (!live.given()) {
      Path file = Path.of(named.get(0));
      return ImageIoException.naming(file, () -> listImage(file, out));
    }
    if (extents != null || forceShare) {
      throw new UsageException(
          "--extents and --force-share are about images, not about machines",
          "Leave them out, or name the image in place of --qmp and --node.");
    }
    try (Machine machine = live.connect()) {
      List<BitmapRow> rows =
          machine.liveBitmaps().list(live.node()).stream().map(BitmapRow::of).toList();
      return new BitmapListReport(live.node(), true, rows);
    }
  }

  private Report listImage(Path file, Output out) throws IOException {
    try (BitmapImage image = BitmapImage.openForReading(file, forceShare)) {
      image.warnings().forEach(out::warn);
      if (forceShare) {
        out.warn(BitmapCodes.OPEN_ELSEWHERE);
      }
      if (extents == null) {
        List<BitmapRow> rows = image.list().stream().map(BitmapRow::of).toList();
        return new BitmapListReport(file.toString(), false, rows);
      }
      Extents ranges = new Extents();
      image.forEachDirty(BitmapActionOptions.name(extents), ranges);
      return new ExtentsReport(file.toString(), extents, ranges);
    }
  }
}
