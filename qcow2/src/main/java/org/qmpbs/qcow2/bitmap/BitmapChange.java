package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qmpbs.qcow2.Encryption;
import org.qmpbs.qcow2.IncompatibleFeature;
import org.qmpbs.qcow2.Qcow2Header;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException.Reason;

/** A list of actions to one bitmap of an image, from the first look to the last flush. */
final class BitmapChange {
  /** What concerns one action; the actions before it stay. */
  private static final Set<Reason> OF_AN_ACTION =
      EnumSet.of(
          Reason.NOT_FOUND,
          Reason.ALREADY_EXISTS,
          Reason.INCONSISTENT,
          Reason.SOURCE_NOT_FOUND,
          Reason.SOURCE_INCONSISTENT,
          Reason.SOURCE_SIZE,
          Reason.GRANULARITY,
          Reason.NAME,
          Reason.TOO_MANY,
          Reason.DIRECTORY_TOO_LARGE,
          Reason.BITMAP_TOO_LARGE);

  private final Path path;
  private final ImageFile file;
  private final List<String> warnings = new ArrayList<>();
  private Optional<BitmapCommit> commit = Optional.empty();

  BitmapChange(Path path, ImageFile file) {
    this.path = path;
    this.file = file;
  }

  /** What a user should know about what was done, in sentences. */
  List<String> warnings() {
    return warnings;
  }

  BitmapsApplied apply(BitmapName name, List<BitmapAction> actions, Optional<StrictImage> source)
      throws IOException {
    StrictImage image = StrictImage.of(path, file);
    requireEditable(image);
    long length = file.length();
    try {
      return apply(image, name, actions, source);
    } catch (IOException e) {
      throw explained(e, length);
    }
  }

  private BitmapsApplied apply(
      StrictImage image, BitmapName name, List<BitmapAction> actions, Optional<StrictImage> source)
      throws IOException {
    long length = file.length();
    Refcounts refcounts = new Refcounts(path, file, image.header());
    KnownMetadata known = KnownMetadata.of(image, refcounts);
    ClusterAllocator allocator = new ClusterAllocator(image, refcounts, known);
    BitmapEditor editor = new BitmapEditor(image, allocator, name, source);
    int applied = 0;
    Optional<BitmapRefusedException> refused = Optional.empty();
    while (applied < actions.size() && refused.isEmpty()) {
      try {
        editor.apply(actions.get(applied));
        applied++;
      } catch (BitmapRefusedException e) {
        if (!OF_AN_ACTION.contains(e.reason())) {
          throw e;
        }
        refused = Optional.of(e);
      }
    }
    BitmapCommit storing = new BitmapCommit(image, refcounts, allocator, editor, name);
    commit = Optional.of(storing);
    if (storing.run()) {
      warnings.addAll(image.warnings());
      if (leaves(image, name)) {
        warnings.add(
            "The table of the inconsistent bitmap '"
                + name
                + "' was broken, so its clusters stay taken; qmpbs bitmap repair gives"
                + " them free.");
      }
      if (storing.alreadyFree() > 0) {
        warnings.add(
            storing.alreadyFree()
                + " clusters of the old bitmaps had refcount 0, which is damage; see qemu-img"
                + " check.");
      }
    } else {
      shorten(length);
    }
    return new BitmapsApplied(applied, editor.entries().size(), refused);
  }

  /** Whether a bitmap that had been in use was removed, and its clusters could not be told. */
  private static boolean leaves(StrictImage image, BitmapName name) throws IOException {
    Optional<DirectoryEntry> old = image.find(name).filter(DirectoryEntry::inUse);
    return old.isPresent() && image.claims(old.get()).length == 0;
  }

  private void requireEditable(StrictImage image) throws BitmapRefusedException {
    Qcow2Header header = image.header();
    if (header.version() < 3) {
      throw Refusals.version2(path);
    }
    if (header.encryption() != Encryption.NONE) {
      throw Refusals.encrypted(path);
    }
    for (IncompatibleFeature feature :
        EnumSet.of(IncompatibleFeature.DIRTY, IncompatibleFeature.CORRUPT)) {
      if (header.incompatibleFeatures().contains(feature)) {
        throw Refusals.unclean(path, feature.description());
      }
    }
    if (header.virtualSize() == 0) {
      throw Refusals.emptyDisk(path);
    }
    if (image.scan().head().limit() < header.clusterSize()) {
      throw Refusals.shortHeader(path);
    }
  }

  /** The same failure with what it leaves; before the first visible write, what was grown goes. */
  private IOException explained(IOException failure, long length) {
    CommitStage stage = commit.map(BitmapCommit::stage).orElse(CommitStage.PREPARING);
    boolean full = stage == CommitStage.PREPARING && isForLackOfRoom(failure);
    if (stage == CommitStage.PREPARING) {
      try {
        shorten(length);
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
    if (failure instanceof BitmapRefusedException) {
      return failure;
    }
    IOException explained =
        full
            ? Refusals.noRoom(path)
            : new IOException(
                path + ": " + failure.getMessage() + ". " + stage.consequence(), failure);
    if (full) {
      explained.initCause(failure);
    }
    return explained;
  }

  /**
   * The text is the system's, and in the user's language if it likes; so the file system is asked
   * too.
   */
  private boolean isForLackOfRoom(IOException failure) {
    String text = String.valueOf(failure.getMessage());
    if (text.contains("No space left on device") || text.contains("Disk quota exceeded")) {
      return true;
    }
    try {
      return !file.isFixed() && Files.getFileStore(path).getUsableSpace() == 0;
    } catch (IOException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  private void shorten(long length) throws IOException {
    if (!file.isFixed() && file.length() > length) {
      file.truncate(length);
    }
  }
}
