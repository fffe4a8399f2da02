package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.qcow2.ImageLock;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * An image that is not in use, opened for work on its persistent dirty bitmaps. While it is open no
 * QEMU can use it, and it must not be opened by other means in this process ({@link ImageLock}).
 *
 * <p>Nothing but bitmap structures, refcounts and the header is ever written. New structures go
 * where nothing stands and are on the disk before one write of a sector of the header turns to
 * them; only then is given free what the header no longer leads to. A crash leaves the old or the
 * new bitmaps, or none that QEMU would trust, and at most clusters that nothing uses.
 *
 * <p>Not for use by several threads.
 */
public final class BitmapImage implements AutoCloseable {
  private final Path path;
  private final ImageLock lock;
  private final ImageFile file;
  private final List<String> done = new ArrayList<>();

  private BitmapImage(Path path, ImageLock lock) throws IOException {
    this.path = path;
    this.lock = lock;
    this.file = new ChannelImageFile(lock.channel(), !Files.isRegularFile(path));
  }

  /**
   * Opens an image for anything.
   *
   * @throws org.qmpbs.qcow2.ImageInUseException if somebody uses it
   */
  public static BitmapImage openForWriting(Path image) throws IOException {
    return open(image, ImageLock.acquireForWriting(image));
  }

  /**
   * Opens an image for {@link #list}, {@link #forEachDirty}, {@link #check} and {@link
   * #planRepair}. Others may read it meanwhile.
   *
   * @param forceShare does not ask whether somebody writes to it, and keeps nobody from it; what is
   *     read may then be half of one state and half of another
   * @throws org.qmpbs.qcow2.ImageInUseException if somebody writes to it
   */
  public static BitmapImage openForReading(Path image, boolean forceShare) throws IOException {
    return open(
        image, forceShare ? ImageLock.withoutLock(image) : ImageLock.acquireForReading(image));
  }

  private static BitmapImage open(Path image, ImageLock lock) throws IOException {
    try {
      return new BitmapImage(image, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** As it was opened. */
  public Path path() {
    return path;
  }

  /** The header without its extensions. */
  public Qcow2Header header() throws IOException {
    return BitmapScan.of(file).header();
  }

  /**
   * The bitmaps, in the order of the directory. None if they are {@link Rule#STALE}, for QEMU has
   * none then either.
   *
   * @throws BitmapRefusedException if QEMU would refuse them
   */
  public List<StoredBitmap> list() throws IOException {
    return StrictImage.of(path, file).list();
  }

  /** What a user should know about the image beside the result, in sentences. */
  public List<String> warnings() throws IOException {
    List<String> warnings = new ArrayList<>(done);
    warnings.addAll(StrictImage.of(path, file).warnings());
    return warnings;
  }

  /**
   * Tells the dirty ranges of a bitmap.
   *
   * @throws BitmapRefusedException if there is no such bitmap, or it is inconsistent
   */
  public void forEachDirty(BitmapName bitmap, DirtyRange consumer) throws IOException {
    StrictImage image = StrictImage.of(path, file);
    DirectoryEntry entry = image.find(bitmap).orElseThrow(() -> Refusals.notFound(path, bitmap));
    if (entry.inUse()) {
      throw Refusals.inconsistent(path, bitmap);
    }
    image.bits(entry).forEachRange(consumer);
  }

  /**
   * Does actions in their order. Those before the first that is refused are done and stay, as with
   * {@code qemu-img bitmap}.
   *
   * @param source of {@link BitmapAction.Merge}, if it is another image than this one
   * @throws BitmapRefusedException if nothing can be done to this image; nothing was done then
   * @throws IOException if it cannot be read or written; the message says what state it is in
   */
  public BitmapsApplied apply(
      BitmapName bitmap, List<BitmapAction> actions, Optional<BitmapImage> source)
      throws IOException {
    Optional<StrictImage> other =
        source.isEmpty()
            ? Optional.empty()
            : Optional.of(StrictImage.of(source.get().path, source.get().file));
    BitmapChange change = new BitmapChange(path, RepairMark.lifted(file));
    BitmapsApplied applied = change.apply(bitmap, actions, other);
    done.addAll(change.warnings());
    return applied;
  }

  /** Looks at every rule of the format, and at who else claims the clusters of the bitmaps. */
  public CheckReport check() throws IOException {
    return ImageCheck.of(file).report();
  }

  /**
   * What {@link #repair} would do.
   *
   * @param keepGood keep the bitmaps that are shown to be whole, else drop all
   */
  public RepairPlan planRepair(boolean keepGood) throws IOException {
    return PlannedRepair.of(file, keepGood).plan();
  }

  /**
   * Makes the image one that QEMU opens and {@code qemu-img check} calls clean, as far as bitmaps
   * are concerned, without touching what the guest reads.
   *
   * @param sideFile must not exist; gets what stands where something will be written, before that.
   *     There is none if there is nothing to do
   */
  public RepairOutcome repair(boolean keepGood, Path sideFile) throws IOException {
    PlannedRepair repair = PlannedRepair.of(file, keepGood);
    if (!repair.plan().isEmpty()) {
      SideFile.of(file, repair.steps()).create(sideFile);
      try {
        repair.run(file);
      } catch (IOException e) {
        throw new IOException(
            path
                + ": the repair was cut off: "
                + e.getMessage()
                + ". The image is no worse than before. Repair it again, or undo this with "
                + sideFile
                + ".",
            e);
      }
    }
    return new RepairOutcome(repair.plan(), sideFile);
  }

  /**
   * Puts back what a repair replaced.
   *
   * @throws BitmapRefusedException if the image was changed since; nothing is written then
   * @throws SideFileException if the side file cannot be used
   */
  public void undoRepair(Path sideFile) throws IOException {
    RepairUndo.run(file, SideFile.read(sideFile));
  }

  /** Gives the image free. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
