package org.qmpbs.client.cli;

import java.util.ArrayList;
import java.util.List;
import org.qmpbs.client.output.ExitCode;

/** What the commands about bitmaps have in common. */
final class BitmapCodes {
  /** Beside what is read with {@code --force-share}. */
  static final String OPEN_ELSEWHERE =
      "if a machine has this image open, its bitmaps look inconsistent here and their bits are in"
          + " its memory; ask the machine itself: qmpbs bitmap list --qmp SOCKET --node NAME";

  private BitmapCodes() {}

  /** Exit codes that come with reading an image and with signals, and {@code more}. */
  static List<ExitCode> with(ExitCode... more) {
    List<ExitCode> codes = new ArrayList<>(List.of(more));
    codes.addAll(
        List.of(
            ExitCode.NOT_FOUND,
            ExitCode.DAMAGED,
            ExitCode.TARGET,
            ExitCode.INTERRUPTED,
            ExitCode.TERMINATED));
    return codes;
  }

  /** Two writers on one image destroy it. */
  static UsageException writesWithForceShare() {
    return new UsageException(
        "--force-share is for list and check: who writes must be alone with the image",
        "Leave it out. The bitmaps of a running machine can be changed by QEMU itself: give --qmp"
            + " SOCKET --node NAME instead of FILENAME.");
  }

  /**
   * Lets what writes to an image come to its end when a signal arrives: that takes a moment, and an
   * interrupted write would leave clusters that nothing uses. A second signal ends at once, which
   * is as safe as a crash.
   */
  static void finishBegunWork(Interruption interruption) {
    interruption.cancelWith(() -> {});
  }
}
