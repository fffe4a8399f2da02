package org.qmpbs.client.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.bitmap.Granularity;
import org.qmpbs.qcow2.bitmap.BitmapAction;
import org.qmpbs.qcow2.bitmap.BitmapName;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/**
 * The actions of {@code qemu-img bitmap}. Every one may be given several times, and they are done
 * in the order of the command line, which only the parser knows.
 */
@SuppressWarnings("UnusedVariable") // only whether and in which order flags were given counts
final class BitmapActionOptions {
  private static final String ADD = "--add";
  private static final String REMOVE = "--remove";
  private static final String CLEAR = "--clear";
  private static final String ENABLE = "--enable";
  private static final String DISABLE = "--disable";
  private static final String MERGE = "--merge";

  /** The length field of a directory entry has two bytes; QEMU allows this much of it. */
  private static final int LONGEST_NAME = 1023;

  @Option(names = ADD, description = "Make BITMAP; it records from then on.")
  private boolean[] add = {};

  @Option(names = REMOVE, description = "Take BITMAP away; all that an inconsistent one allows.")
  private boolean[] remove = {};

  @Option(names = CLEAR, description = "Set all of BITMAP to clean.")
  private boolean[] clear = {};

  @Option(names = ENABLE, description = "Let BITMAP record.")
  private boolean[] enable = {};

  @Option(names = DISABLE, description = "Let BITMAP record no more.")
  private boolean[] disable = {};

  @Option(
      names = MERGE,
      paramLabel = "SOURCE",
      description = "Mark in BITMAP what bitmap SOURCE marks.")
  private List<String> merge = new ArrayList<>();

  @Option(
      names = {"-g", "--granularity"},
      paramLabel = "N",
      description = "Bytes for one bit, with --add: a power of two from 512 to 2G; 64k is 65536.")
  private @Nullable String granularity;

  /** An action, and the option that it was given by. */
  record Step(String word, BitmapAction action) {}

  /** The actions in their order; at least one. */
  List<Step> steps(ParseResult parsed) throws UsageException {
    OptionalLong wanted = granularity();
    List<Step> steps = new ArrayList<>();
    int merges = 0;
    for (OptionSpec option : parsed.matchedOptions()) {
      switch (option.longestName()) {
        case ADD -> steps.add(new Step(ADD, new BitmapAction.Add(wanted)));
        case REMOVE -> steps.add(new Step(REMOVE, new BitmapAction.Remove()));
        case CLEAR -> steps.add(new Step(CLEAR, new BitmapAction.Clear()));
        case ENABLE -> steps.add(new Step(ENABLE, new BitmapAction.Enable()));
        case DISABLE -> steps.add(new Step(DISABLE, new BitmapAction.Disable()));
        case MERGE -> steps.add(merge(merge.get(merges++)));
        default -> {} // not an action
      }
    }
    if (steps.isEmpty()) {
      throw new UsageException(
          "need at least one of --add, --remove, --clear, --enable, --disable or --merge",
          "Say what to do with the bitmap, or use qmpbs bitmap list, check or repair.");
    }
    if (granularity != null && add.length == 0) {
      throw new UsageException(
          "a granularity goes with --add only", "Leave out -g, or give --add.");
    }
    return steps;
  }

  boolean hasMerge() {
    return !merge.isEmpty();
  }

  private static Step merge(String source) throws UsageException {
    return new Step(MERGE + " " + source, new BitmapAction.Merge(name(source)));
  }

  private OptionalLong granularity() throws UsageException {
    if (granularity == null) {
      return OptionalLong.empty();
    }
    try {
      return Granularity.parse(granularity);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()), "Give for instance -g 64k, or leave -g out.");
    }
  }

  /** A bitmap's name as the user typed it. */
  static BitmapName name(String text) throws UsageException {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > LONGEST_NAME) {
      throw new UsageException(
          "a bitmap's name has 1 to " + LONGEST_NAME + " bytes, this one has " + length,
          "Check the name; qmpbs bitmap list FILENAME shows those that there are.");
    }
    if (Encoding.isLost(text)) {
      throw new UsageException(
          "the bitmap's name '" + text + "' is not UTF-8",
          "Choose another name. A bitmap that has one can be removed with qemu-img bitmap --remove.");
    }
    return BitmapName.of(text);
  }
}
