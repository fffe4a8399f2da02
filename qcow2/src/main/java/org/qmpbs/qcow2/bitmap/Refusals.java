package org.qmpbs.qcow2.bitmap;

import java.nio.file.Path;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException.Reason;

/** The refusals, each with cause, consequence and remedy. */
final class Refusals {
  private static final String NOTHING_CHANGED = " Nothing was changed.";

  /** QEMU 7.2 to 11.1, see {@link BitmapFormat#AUTOCLEAR_REPAIRED}. */
  private static final String CHECK_ALL =
      "Make a copy of the image if you can. If it has internal snapshots, remove all its bitmaps"
          + " first (qemu-img bitmap --remove): with bitmaps, qemu-img check -r deletes the snapshots."
          + " Then: qemu-img check -r all ";

  private Refusals() {}

  static BitmapRefusedException notFound(Path image, BitmapName name) {
    return new BitmapRefusedException(
        Reason.NOT_FOUND,
        "There is no bitmap '" + name + "' in " + image + ".",
        "See which there are with: qmpbs bitmap list " + ShellWord.of(image));
  }

  static BitmapRefusedException inconsistent(Path image, BitmapName name) {
    return new BitmapRefusedException(
        Reason.INCONSISTENT,
        "The bitmap '"
            + name
            + "' in "
            + image
            + " is inconsistent: it was not saved when the image was last closed, so it has"
            + " missed changes.",
        "It cannot be used any more; remove it with: qmpbs bitmap --remove -- "
            + ShellWord.of(image)
            + " "
            + (name.isPrintable() ? ShellWord.of(name.toString()) : "NAME"));
  }

  static BitmapRefusedException alreadyExists(Path image, BitmapName name) {
    return new BitmapRefusedException(
        Reason.ALREADY_EXISTS,
        "There is a bitmap '" + name + "' in " + image + " already.",
        "Choose another name, or remove that one first with --remove.");
  }

  static BitmapRefusedException source(Reason reason, Path image, BitmapName name) {
    boolean missing = reason == Reason.SOURCE_NOT_FOUND;
    return new BitmapRefusedException(
        reason,
        "The bitmap '"
            + name
            + "' to merge from "
            + (missing
                ? "is not in " + image + "."
                : "is inconsistent in " + image + ": it has missed changes."),
        missing
            ? "See which there are with: qmpbs bitmap list " + ShellWord.of(image)
            : "It cannot be used any more; make a full backup and a new bitmap instead.");
  }

  static BitmapRefusedException sourceSize(StrictImage target, StrictImage source) {
    return new BitmapRefusedException(
        Reason.SOURCE_SIZE,
        "The disk of "
            + source.path()
            + " has "
            + source.header().virtualSize()
            + " bytes, that of "
            + target.path()
            + " has "
            + target.header().virtualSize()
            + ": a bitmap of the one says nothing about the other.",
        "Merge between images of one disk only; qemu-img resize makes the sizes equal.");
  }

  static BitmapRefusedException granularity(long granularity) {
    return new BitmapRefusedException(
        Reason.GRANULARITY,
        "A granularity of " + granularity + " bytes cannot be stored.",
        "It must be a power of 2 from 512 to 2147483648 (2G).");
  }

  static BitmapRefusedException name(BitmapName name) {
    return new BitmapRefusedException(
        Reason.NAME,
        "A bitmap's name of " + name.length() + " bytes cannot be stored.",
        "It must have 1 to 1023 bytes.");
  }

  static BitmapRefusedException tooMany(Path image) {
    return new BitmapRefusedException(
        Reason.TOO_MANY,
        image + " has " + BitmapFormat.MAX_BITMAPS + " bitmaps, which is the most.",
        "Remove bitmaps that are not needed any more first.");
  }

  static BitmapRefusedException directoryTooLarge(Path image) {
    return new BitmapRefusedException(
        Reason.DIRECTORY_TOO_LARGE,
        "The directory of the bitmaps in " + image + " would be larger than 64 MiB.",
        "Remove bitmaps that are not needed any more first, or choose shorter names.");
  }

  static BitmapRefusedException bitmapTooLarge(Path image, long size) {
    long least = Long.highestOneBit((size - 1) >>> 32) << 1;
    return new BitmapRefusedException(
        Reason.BITMAP_TOO_LARGE,
        "The bitmap would be larger than 512 MiB for the " + size + " bytes of " + image + ".",
        "Choose a granularity (-g) of at least " + Math.max(least, 512) + " bytes.");
  }

  static BitmapRefusedException noRoom(Path image) {
    return new BitmapRefusedException(
        Reason.NO_ROOM,
        "There is no room for the bitmaps in " + image + "." + NOTHING_CHANGED,
        "Make room on its file system, or enlarge the volume (lvextend), and try again.");
  }

  static BitmapRefusedException noRoomInHeader(Path image) {
    return new BitmapRefusedException(
        Reason.NO_ROOM_IN_HEADER,
        "The first cluster of "
            + image
            + " has no room for the bitmaps extension that can be used safely."
            + NOTHING_CHANGED,
        "qemu-img bitmap rewrites the whole header and may find room.");
  }

  static BitmapRefusedException changed(Path image) {
    return new BitmapRefusedException(
        Reason.CHANGED,
        image
            + " was changed by somebody else meanwhile, who takes no locks. Its bitmaps are as that"
            + " one left them.",
        "Find out who uses it, and end that. Then see whether it is whole with: qemu-img check");
  }

  static BitmapRefusedException refcountsDamaged(Path image, String what) {
    return new BitmapRefusedException(
        Reason.DAMAGED,
        "The refcounts of "
            + image
            + " are wrong, so it cannot be told what is free: "
            + what
            + "."
            + NOTHING_CHANGED,
        CHECK_ALL + ShellWord.of(image));
  }

  static BitmapRefusedException guestDamaged(Path image, Finding finding) {
    return new BitmapRefusedException(
        Reason.DAMAGED,
        image + " is damaged, though not in its bitmaps, at " + finding + "." + NOTHING_CHANGED,
        CHECK_ALL + ShellWord.of(image));
  }

  static BitmapRefusedException shared(Path image, String what, long offset) {
    return new BitmapRefusedException(
        Reason.DAMAGED,
        "At byte "
            + offset
            + " of "
            + image
            + " stands "
            + what
            + ", and something else as well: one of them is damaged."
            + NOTHING_CHANGED,
        "See what is wrong with: qmpbs bitmap check "
            + ShellWord.of(image)
            + ". Then: qmpbs bitmap repair "
            + ShellWord.of(image));
  }

  static BitmapRefusedException shortHeader(Path image) {
    return new BitmapRefusedException(
        Reason.DAMAGED,
        image + " ends within its first cluster." + NOTHING_CHANGED,
        "It is cut off; restore it from a backup.");
  }

  static BitmapRefusedException version2(Path image) {
    return new BitmapRefusedException(
        Reason.VERSION_2,
        image + " is a version 2 image (compat 0.10), which cannot have bitmaps.",
        "Convert it in place with: qemu-img amend -f qcow2 -o compat=1.1 " + ShellWord.of(image));
  }

  static BitmapRefusedException encrypted(Path image) {
    return new BitmapRefusedException(
        Reason.ENCRYPTED,
        image + " is encrypted; bitmaps of such images are not worked on here.",
        "Use qemu-img bitmap with --image-opts and the secret.");
  }

  static BitmapRefusedException unclean(Path image, String feature) {
    return new BitmapRefusedException(
        Reason.UNCLEAN,
        image
            + " has its "
            + feature
            + " set: its refcounts cannot be relied on, so nothing may be put where they say that"
            + " there is room."
            + NOTHING_CHANGED,
        CHECK_ALL + ShellWord.of(image));
  }

  static BitmapRefusedException emptyDisk(Path image) {
    return new BitmapRefusedException(
        Reason.EMPTY_DISK,
        "The disk of " + image + " has 0 bytes, of which no bitmap can be stored.",
        "Give it a size first with: qemu-img resize");
  }
}
