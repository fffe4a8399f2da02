package org.qmpbs.qcow2;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the first cluster of a qcow2 image says, checked against the rules of the format and the
 * limits of QEMU. Whether the tables it points to are sound is another question.
 *
 * @param version 2 or 3
 * @param headerLength in bytes; extensions follow
 * @param virtualSize of the disk in bytes
 * @param clusterBits 9 to 21
 * @param refcountBits width of a refcount, 1 to 64
 * @param encryption of the guest's data
 * @param incompatibleFeatures that are set, all known
 * @param compatibleBits as stored
 * @param autoclearBits as stored
 * @param l1 the active L1 table, in entries of 8 bytes
 * @param refcountTable in entries of 8 bytes
 * @param snapshots the table of internal snapshots; {@code entries} is their number
 * @param backingFile name of the backing file, as stored
 * @param extensions in the order of the header, without the end mark
 */
public record Qcow2Header(
    int version,
    int headerLength,
    long virtualSize,
    int clusterBits,
    int refcountBits,
    Encryption encryption,
    Set<IncompatibleFeature> incompatibleFeatures,
    long compatibleBits,
    long autoclearBits,
    Table l1,
    Table refcountTable,
    Table snapshots,
    Optional<String> backingFile,
    List<HeaderExtension> extensions) {
  /** Autoclear bit 0: the bitmaps are up to date with the data. */
  private static final long BITMAPS_BIT = 1;

  /** Takes immutable copies. */
  public Qcow2Header {
    incompatibleFeatures = Set.copyOf(incompatibleFeatures);
    extensions = List.copyOf(extensions);
  }

  /**
   * A table of the image.
   *
   * @param offset of its first byte; aligned to clusters, or 0 if there are no entries
   * @param entries how many
   */
  public record Table(long offset, int entries) {}

  /**
   * Reads and checks the header of an image. It is read through a channel and never by name, so
   * that a lock of this process survives it ({@link ImageLock}).
   *
   * @throws UnsupportedImageException if it is no qcow2 image, or of a kind that came later
   * @throws CorruptImageException if it is a qcow2 image and breaks a rule
   */
  public static Qcow2Header read(FileChannel image) throws IOException {
    byte[] head = PositionedIo.read(image, 0, Qcow2Layout.CLUSTER_SIZE);
    int clusterSize = HeaderParser.clusterSize(head);
    if (clusterSize > head.length) {
      head = PositionedIo.read(image, 0, clusterSize);
    }
    return HeaderParser.parse(head);
  }

  /**
   * Reads and checks the fields of a header, and leaves {@link #extensions} empty: the way into an
   * image whose list of extensions is damaged.
   *
   * @param firstCluster of the image, or all of it if it is shorter
   * @throws UnsupportedImageException if it is no qcow2 image, or of a kind that came later
   * @throws CorruptImageException if a field breaks a rule
   */
  public static Qcow2Header parseFields(byte[] firstCluster) throws IOException {
    return HeaderParser.parseFields(firstCluster);
  }

  /**
   * How many bytes are in the first cluster of an image.
   *
   * @param head at least its first 72 bytes, or all of it if it is shorter
   * @throws UnsupportedImageException if it is no qcow2 image, or of a kind that came later
   * @throws CorruptImageException if it cannot be told
   */
  public static int firstClusterSize(byte[] head) throws IOException {
    return HeaderParser.clusterSize(head);
  }

  /** Bytes in a cluster. */
  public int clusterSize() {
    return 1 << clusterBits;
  }

  /** Whether the image has persistent dirty bitmaps. */
  public boolean hasBitmaps() {
    return extensions.stream().anyMatch(extension -> extension.type() == HeaderExtension.BITMAPS);
  }

  /**
   * Whether the last program that wrote to the image knew of bitmaps and kept them. If not, QEMU
   * ignores them.
   */
  public boolean bitmapsAreCurrent() {
    return (autoclearBits & BITMAPS_BIT) != 0;
  }
}
