package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.bitmap.BitmapRepairReport;
import org.qmpbs.client.bitmap.ImageIoException;
import org.qmpbs.client.bitmap.SideFiles;
import org.qmpbs.client.bitmap.UndoReport;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Report;
import org.qmpbs.qcow2.bitmap.BitmapImage;
import org.qmpbs.qcow2.bitmap.RepairOutcome;
import org.qmpbs.qcow2.bitmap.RepairPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code qmpbs bitmap repair}. */
@Command(
    name = "repair",
    description = "Make an image open again that QEMU refuses because of its bitmaps.",
    customSynopsis = {
      "qmpbs bitmap repair [OPTIONS] FILENAME [--dry-run] [--keep-good] [--side-file FILE]",
      "       qmpbs bitmap repair [OPTIONS] --undo FILE FILENAME"
    },
    mixinStandardHelpOptions = true)
final class BitmapRepairCommand implements CliCommand {
  @Mixin private final OutputOptions output = new OutputOptions();

  @Option(names = "--dry-run", description = "Say what would be done; change nothing.")
  private boolean dryRun;

  @Option(
      names = "--keep-good",
      description = "Keep the bitmaps that are shown to be whole; default: drop all.")
  private boolean keepGood;

  @Option(
      names = "--side-file",
      paramLabel = "FILE",
      description =
          "Where to keep what is replaced; must not exist, nor be on the image or device itself."
              + " Default: beside the image, for a device in the working directory.")
  private @Nullable Path sideFile;

  @Option(
      names = "--undo",
      paramLabel = "FILE",
      description = "Put back what a repair kept in this file.")
  private @Nullable Path undo;

  @Option(
      names = {"-U", "--force-share"},
      hidden = true)
  private boolean forceShare;

  @Parameters(paramLabel = "FILENAME", description = "The image, which nobody has open.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private Path file;

  private final Host host;
  private @Nullable Path saved;

  @SuppressWarnings("NullAway.Init")
  BitmapRepairCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return BitmapCodes.with(ExitCode.BITMAPS_USELESS);
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "bitmap repair")
        .run(code -> consequence(), (out, interruption) -> run(interruption));
  }

  /** A side file that is there may mean that writing had begun. */
  private String consequence() {
    if (saved == null || Files.notExists(saved)) {
      return "Nothing was written to the image.";
    }
    return "The image may be repaired in part; guest data was not touched. What was replaced is in "
        + saved
        + ": run the repair again, or undo it with --undo.";
  }

  private Report run(Interruption interruption) throws IOException {
    refuseWrongOptions();
    if (undo != null) {
      Path from = undo;
      BitmapCodes.finishBegunWork(interruption);
      return ImageIoException.naming(file, () -> undo(from));
    }
    return ImageIoException.naming(file, () -> dryRun ? plan() : repair(interruption));
  }

  private Report plan() throws IOException {
    try (BitmapImage image = BitmapImage.openForReading(file, false)) {
      return report(image.planRepair(keepGood), Optional.empty());
    }
  }

  private Report repair(Interruption interruption) throws IOException {
    try (BitmapImage image = BitmapImage.openForWriting(file)) {
      RepairPlan plan = image.planRepair(keepGood);
      if (plan.isEmpty()) {
        return report(plan, Optional.empty());
      }
      Path side = sideFile == null ? SideFiles.of(file, host.clock()) : sideFile.toAbsolutePath();
      saved = Files.notExists(side) ? side : null;
      BitmapCodes.finishBegunWork(interruption);
      RepairOutcome outcome =
          ImageIoException.naming(
              "the image or the side file " + side, () -> image.repair(keepGood, side));
      return report(outcome.plan(), Optional.of(outcome.sideFile()));
    }
  }

  private void refuseWrongOptions() throws UsageException {
    if (forceShare) {
      throw BitmapCodes.writesWithForceShare();
    }
    if (undo != null && (dryRun || keepGood || sideFile != null)) {
      throw new UsageException(
          "--undo goes with no other option of repair",
          "Use: qmpbs bitmap repair --undo " + undo + " " + file);
    }
  }

  private Report undo(Path from) throws IOException {
    try (BitmapImage image = BitmapImage.openForWriting(file)) {
      image.undoRepair(from);
      return new UndoReport(file, from);
    }
  }

  private Report report(RepairPlan plan, Optional<Path> kept) {
    return new BitmapRepairReport(file, plan, kept, dryRun);
  }
}
