package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.bitmap.ActionRefusedException;
import org.qmpbs.client.bitmap.ActionsReport;
import org.qmpbs.client.bitmap.BitmapOwner;
import org.qmpbs.client.bitmap.ImageIoException;
import org.qmpbs.client.cli.BitmapActionOptions.Step;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.machine.BitmapChange;
import org.qmpbs.machine.BitmapChangeException;
import org.qmpbs.machine.LiveBitmaps;
import org.qmpbs.machine.Machine;
import org.qmpbs.qcow2.bitmap.BitmapAction;
import org.qmpbs.qcow2.bitmap.BitmapImage;
import org.qmpbs.qcow2.bitmap.BitmapName;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException;
import org.qmpbs.qcow2.bitmap.BitmapsApplied;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code qmpbs bitmap --add …}: the command line of {@code qemu-img bitmap}, on an image that
 * nobody has open or on a node of a running machine.
 */
@Command(
    name = BitmapCommand.NAME,
    description = {
      "Change the dirty bitmaps of a qcow2 image; list, check and repair them.",
      "Actions are done in the order in which they are given, as with qemu-img bitmap.",
      "list, check and repair have options of their own: qmpbs bitmap list --help."
    },
    customSynopsis = {
      "qmpbs bitmap --add|--remove|--clear|--enable|--disable|--merge SOURCE ...",
      "                    [-b FILE [-F FMT]] [-g N] [-f qcow2] [--output human|json]",
      "                    FILENAME BITMAP",
      "       qmpbs bitmap ACTION ... [-g N] --qmp SOCKET --node NAME BITMAP",
      "       qmpbs bitmap list   FILENAME [--extents NAME] [-U]",
      "       qmpbs bitmap list   --qmp SOCKET --node NAME",
      "       qmpbs bitmap check  FILENAME [-U]",
      "       qmpbs bitmap repair FILENAME [--dry-run] [--keep-good] [--side-file FILE]",
      "       qmpbs bitmap repair --undo FILE FILENAME"
    },
    mixinStandardHelpOptions = true)
final class BitmapCommand implements CliCommand {
  static final String NAME = "bitmap";

  private static final String USAGE =
      "qmpbs bitmap --add FILENAME BITMAP (or --remove, --clear, …), or --qmp SOCKET --node NAME in"
          + " place of FILENAME";

  private enum Style {
    human,
    json
  }

  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final BitmapActionOptions actions = new BitmapActionOptions();
  @Mixin private final LiveOptions live = new LiveOptions();

  @Option(
      names = {"-b", "--source-file"},
      paramLabel = "FILE",
      description = "Image that --merge takes its sources from; default: FILENAME.")
  private @Nullable Path sourceFile;

  @Option(
      names = {"-F", "--source-format"},
      paramLabel = "FMT",
      description = "Format of that image: qcow2.")
  private @Nullable String sourceFormat;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FMT",
      description = "Format of FILENAME: qcow2.")
  private @Nullable String format;

  @Option(
      names = "--output",
      paramLabel = "human|json",
      description = "json: say how many actions were applied and how many bitmaps there are now.")
  private @Nullable Style style;

  @Option(
      names = {"-U", "--force-share"},
      hidden = true)
  private boolean forceShare;

  @Parameters(arity = "0..*", paramLabel = "WORD", hidden = true)
  private @Nullable List<String> words;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  private final Host host;
  private String consequence = "Nothing was changed.";

  @SuppressWarnings("NullAway.Init")
  BitmapCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return BitmapCodes.with(
        ExitCode.NOT_FOUND,
        ExitCode.BUSY,
        ExitCode.NETWORK,
        ExitCode.TARGET,
        ExitCode.BITMAPS_USELESS);
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, NAME)
        .run(code -> consequence, (out, interruption) -> change(out, interruption));
  }

  private Report change(Output out, Interruption interruption) throws IOException {
    List<Step> steps = actions.steps(spec.commandLine().getParseResult());
    refuseWrongOptions();
    List<String> named = live.words(words, List.of("BITMAP"), USAGE);
    String name = named.get(named.size() - 1);
    BitmapName bitmap = BitmapActionOptions.name(name);
    refuseToDeceiveBackups(name, steps);
    if (live.given()) {
      return changeLive(name, steps);
    }
    Path file = Path.of(named.get(0));
    BitmapCodes.finishBegunWork(interruption);
    return changeImage(file, bitmap, steps, out);
  }

  /**
   * After these, a bitmap that a backup relies on looks like one that had nothing to record, and
   * the next backup would miss changes without a trace.
   */
  private static void refuseToDeceiveBackups(String name, List<Step> steps) throws UsageException {
    if (BitmapOwner.of(name).epoch().isEmpty()) {
      return;
    }
    for (Step step : steps) {
      BitmapAction action = step.action();
      if (action instanceof BitmapAction.Clear
          || action instanceof BitmapAction.Enable
          || action instanceof BitmapAction.Add) {
        throw new UsageException(
            "the next backup takes "
                + name
                + " for a record of all changes since the last one, and after "
                + step.word()
                + " it would miss some",
            "Use --remove: then the next backup reads the disk in full, and makes a bitmap anew.");
      }
    }
  }

  private void refuseWrongOptions() throws UsageException {
    if (sourceFile != null && !actions.hasMerge()) {
      throw new UsageException(
          "a source file goes with --merge only", "Leave out -b, or give --merge SOURCE.");
    }
    if (sourceFormat != null && sourceFile == null) {
      throw new UsageException("-F goes with -b only", "Leave out -F, or give -b FILE.");
    }
    requireQcow2("-f", format);
    requireQcow2("-F", sourceFormat);
    if (forceShare) {
      throw BitmapCodes.writesWithForceShare();
    }
    if (style != null && output.isJson()) {
      throw new UsageException(
          "--output and --output-format json are two ways to say the same", "Give one of them.");
    }
    if (live.given() && (sourceFile != null || format != null)) {
      throw new UsageException(
          "-b and -f are about images that nobody has open",
          "Leave them out: with --qmp both bitmaps of a merge are of the same node.");
    }
  }

  private static void requireQcow2(String option, @Nullable String given) throws UsageException {
    if (given != null && !given.equals("qcow2")) {
      throw new UsageException(
          option + " " + given + ": only qcow2 images store bitmaps",
          "Leave it out, or convert the image: qemu-img convert -O qcow2 …");
    }
  }

  private Report changeImage(Path file, BitmapName bitmap, List<Step> steps, Output out)
      throws IOException {
    List<BitmapAction> list = steps.stream().map(Step::action).toList();
    try (BitmapImage image = ImageIoException.naming(file, () -> BitmapImage.openForWriting(file));
        SourceImage source = SourceImage.open(sourceFile, file)) {
      ImageIoException.naming(file, image::header);
      consequence =
          "The error says what was written. Guest data was not touched; qmpbs bitmap check tells how"
              + " the bitmaps are.";
      BitmapsApplied applied =
          ImageIoException.naming(file, () -> image.apply(bitmap, list, source.image()));
      image.warnings().forEach(out::warn);
      if (applied.refused().isPresent()) {
        ActionRefusedException refused =
            new ActionRefusedException(
                steps.get(applied.applied()).word(), applied.applied(), applied.refused().get());
        consequence = refused.consequence();
        throw refused;
      }
      return report(applied.applied(), applied.bitmaps());
    } catch (BitmapRefusedException e) {
      consequence = "No action was applied.";
      throw e;
    }
  }

  private Report changeLive(String bitmap, List<Step> steps) throws IOException {
    List<BitmapChange> changes = new ArrayList<>();
    steps.forEach(step -> changes.add(LiveChange.of(step.action())));
    try (Machine machine = live.connect()) {
      LiveBitmaps bitmaps = machine.liveBitmaps();
      bitmaps.list(live.node());
      consequence =
          "Whether it was done is not known: qmpbs bitmap list with --qmp and --node tells. The"
              + " machine is not harmed.";
      bitmaps.apply(live.node(), bitmap, changes);
      return report(steps.size(), bitmaps.list(live.node()).size());
    } catch (BitmapChangeException e) {
      consequence = e.consequence();
      throw e;
    }
  }

  private Report report(int applied, int bitmaps) {
    return new ActionsReport(applied, bitmaps, style == Style.json);
  }
}
