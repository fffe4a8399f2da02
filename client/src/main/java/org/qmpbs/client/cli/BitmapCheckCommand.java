package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.qmpbs.client.bitmap.BitmapCheckReport;
import org.qmpbs.client.bitmap.ImageIoException;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.qcow2.bitmap.BitmapImage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code qmpbs bitmap check}: changes nothing. */
@Command(
    name = "check",
    description = "Hold an image's bitmaps against every rule of the format; change nothing.",
    mixinStandardHelpOptions = true)
final class BitmapCheckCommand implements CliCommand {
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(
      names = {"-U", "--force-share"},
      description = "Read even while somebody writes; what is found may then be an illusion.")
  private boolean forceShare;

  @Parameters(paramLabel = "FILENAME", description = "The image, also one that QEMU refuses.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private Path file;

  private final Host host;

  @SuppressWarnings("NullAway.Init")
  BitmapCheckCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return BitmapCodes.with(ExitCode.BITMAPS_USELESS);
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "bitmap check")
        .run(
            Consequence.NOTHING_CHANGED,
            (out, interruption) -> ImageIoException.naming(file, () -> check(out)));
  }

  private Report check(Output out) throws IOException {
    try (BitmapImage image = BitmapImage.openForReading(file, forceShare)) {
      if (forceShare) {
        out.warn(BitmapCodes.OPEN_ELSEWHERE);
      }
      return new BitmapCheckReport(file, image.check());
    }
  }
}
