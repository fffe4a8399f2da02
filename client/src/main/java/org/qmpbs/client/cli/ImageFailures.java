package org.qmpbs.client.cli;

import org.jspecify.annotations.Nullable;
import org.qmpbs.client.bitmap.ActionRefusedException;
import org.qmpbs.client.bitmap.ImageIoException;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.machine.BitmapChangeException;
import org.qmpbs.qcow2.CorruptImageException;
import org.qmpbs.qcow2.ImageInUseException;
import org.qmpbs.qcow2.UnsupportedImageException;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException;
import org.qmpbs.qcow2.bitmap.SideFileException;

/** Failures of images that are off, and of their bitmaps. */
final class ImageFailures {
  private ImageFailures() {}

  static @Nullable Explanation of(Throwable thrown) {
    if (thrown instanceof ActionRefusedException e) {
      return Explanation.of(refusalCode(e.refusal().reason()), e, e.refusal().remedy());
    }
    if (thrown instanceof BitmapRefusedException e) {
      return Explanation.of(refusalCode(e.reason()), e, e.remedy());
    }
    if (thrown instanceof BitmapChangeException e) {
      return Explanation.of(changeCode(e.reason()), e, e.remedy());
    }
    if (thrown instanceof CorruptImageException) {
      return Explanation.of(
          ExitCode.DAMAGED,
          thrown,
          "If the image is the right one, its header is damaged beyond what a repair of bitmaps can"
              + " mend: restore it from a backup.");
    }
    if (thrown instanceof UnsupportedImageException) {
      return Explanation.of(
          ExitCode.USAGE,
          thrown,
          "Check that FILENAME is the qcow2 image that was meant. Only qcow2 stores bitmaps.");
    }
    if (thrown instanceof ImageIoException) {
      return Explanation.of(
          ExitCode.TARGET,
          thrown,
          "See what the kernel says of the disk (dmesg) and whether there is room, then run the command"
              + " again.");
    }
    if (thrown instanceof SideFileException) {
      return Explanation.of(
          ExitCode.DAMAGED,
          thrown,
          "Name the file that the repair of this image said it kept, as it was then.");
    }
    if (thrown instanceof ImageInUseException) {
      return Explanation.of(
          ExitCode.TARGET,
          thrown,
          "Shut the machine down or end the tool. Or let the running machine's QEMU list or change"
              + " the bitmaps: give --qmp SOCKET --node NAME instead of FILENAME. list and check can"
              + " look at what is in the file now with --force-share.");
    }
    return null;
  }

  private static ExitCode refusalCode(BitmapRefusedException.Reason reason) {
    return switch (reason) {
      case VERSION_2, ENCRYPTED, EMPTY_DISK, SOURCE_SIZE, GRANULARITY, NAME, BITMAP_TOO_LARGE ->
          ExitCode.USAGE;
      case NOT_FOUND, SOURCE_NOT_FOUND -> ExitCode.NOT_FOUND;
      case ALREADY_EXISTS, TOO_MANY, DIRECTORY_TOO_LARGE, NO_ROOM, NO_ROOM_IN_HEADER, CHANGED ->
          ExitCode.TARGET;
      case INCONSISTENT, SOURCE_INCONSISTENT -> ExitCode.BITMAPS_USELESS;
      case UNCLEAN, DAMAGED -> ExitCode.DAMAGED;
    };
  }

  private static ExitCode changeCode(BitmapChangeException.Reason reason) {
    return switch (reason) {
      case INVALID, NOT_TOGETHER, NOT_STORABLE -> ExitCode.USAGE;
      case NO_SUCH_NODE, NOT_FOUND -> ExitCode.NOT_FOUND;
      case BUSY -> ExitCode.BUSY;
      case INCONSISTENT -> ExitCode.BITMAPS_USELESS;
      case ALREADY_EXISTS, READ_ONLY, NO_ROOM, REFUSED -> ExitCode.TARGET;
    };
  }
}
