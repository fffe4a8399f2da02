package org.qmpbs.qcow2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.qmpbs.qcow2.HeaderFormat.MAX_L1_BYTES;
import static org.qmpbs.qcow2.HeaderFormat.MAX_OFFSET;
import static org.qmpbs.qcow2.HeaderFormat.MAX_REFCOUNT_TABLE_BYTES;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Parses the first cluster of an image. Every number is bounded before it is used, so hostile bytes
 * cost no more than their own length.
 */
final class HeaderParser {
  private final byte[] head;
  private final ByteBuffer fields;

  private HeaderParser(byte[] head) {
    this.head = head;
    this.fields = ByteBuffer.wrap(head);
  }

  /**
   * How many bytes {@link #parse} needs.
   *
   * @param head the first bytes of the image
   */
  static int clusterSize(byte[] head) throws CorruptImageException, UnsupportedImageException {
    HeaderParser parser = new HeaderParser(head);
    parser.version();
    return 1 << parser.clusterBits();
  }

  /**
   * Parses a header.
   *
   * @param head the first cluster, or less if the image ends earlier
   */
  static Qcow2Header parse(byte[] head) throws CorruptImageException, UnsupportedImageException {
    HeaderParser parser = new HeaderParser(head);
    int version = parser.version();
    int start = parser.headerLength(version);
    return parser.parse(version, HeaderExtensions.parse(head, start, parser.extensionsEnd()));
  }

  /** The same without a look at the extensions, for images whose list of them is damaged. */
  static Qcow2Header parseFields(byte[] head)
      throws CorruptImageException, UnsupportedImageException {
    HeaderParser parser = new HeaderParser(head);
    return parser.parse(parser.version(), List.of());
  }

  /** The name of the backing file follows the extensions; without one, the cluster's end. */
  private int extensionsEnd() throws CorruptImageException, UnsupportedImageException {
    int clusterBits = clusterBits();
    return Math.min(head.length, backingFileOffset(clusterBits).orElse(1 << clusterBits));
  }

  private Qcow2Header parse(int version, List<HeaderExtension> extensions)
      throws CorruptImageException, UnsupportedImageException {
    int clusterBits = clusterBits();
    int headerLength = headerLength(version);
    long incompatible = version == 2 ? 0 : fields.getLong(72);
    long unknown = IncompatibleFeature.unknown(incompatible);
    if (unknown != 0) {
      throw new UnsupportedImageException(
          "qcow2 image with features that this version does not know: "
              + HeaderExtensions.featureNames(head, extensions, unknown));
    }
    return new Qcow2Header(
        version,
        headerLength,
        virtualSize(),
        clusterBits,
        version == 2 ? 16 : 1 << refcountOrder(),
        encryption(),
        IncompatibleFeature.of(incompatible),
        version == 2 ? 0 : fields.getLong(80),
        version == 2 ? 0 : fields.getLong(88),
        l1(clusterBits, incompatible),
        refcountTable(clusterBits),
        table(60, 64, HeaderFormat.MAX_SNAPSHOTS, clusterBits, "snapshot table"),
        backingFile(clusterBits),
        extensions);
  }

  private int version() throws CorruptImageException, UnsupportedImageException {
    if (head.length < Integer.BYTES || fields.getInt(0) != HeaderFormat.MAGIC) {
      throw new UnsupportedImageException("not a qcow2 image: it does not start with its magic");
    }
    require(head.length >= HeaderFormat.V2_LENGTH, head.length, "72 bytes of header", head.length);
    int version = fields.getInt(4);
    if (version != 2 && version != 3) {
      throw new UnsupportedImageException(
          "qcow2 image of version " + Integer.toUnsignedString(version) + "; 2 and 3 are known");
    }
    return version;
  }

  private int clusterBits() throws CorruptImageException, UnsupportedImageException {
    int bits = fields.getInt(20);
    require(bits >= HeaderFormat.MIN_CLUSTER_BITS, 20, "at least 9 cluster bits", bits);
    if (bits > HeaderFormat.MAX_CLUSTER_BITS) {
      throw new UnsupportedImageException(
          "qcow2 image with clusters of 2^" + bits + " bytes; QEMU's largest are 2^21");
    }
    return bits;
  }

  private int headerLength(int version) throws CorruptImageException, UnsupportedImageException {
    if (version == 2) {
      return HeaderFormat.V2_LENGTH;
    }
    int clusterBits = clusterBits();
    require(head.length >= HeaderFormat.V3_LENGTH, head.length, "104 bytes of header", head.length);
    int length = fields.getInt(100);
    require(
        length >= HeaderFormat.V3_LENGTH
            && length <= Math.min(head.length, 1 << clusterBits)
            && length % 8 == 0,
        100,
        "a header length of 104 to the cluster's end, a multiple of 8",
        Integer.toUnsignedLong(length));
    return length;
  }

  private long virtualSize() throws CorruptImageException {
    long size = fields.getLong(24);
    require(size >= 0, 24, "a disk size below 2^63", size);
    return size;
  }

  private int refcountOrder() throws UnsupportedImageException {
    int order = fields.getInt(96);
    if (order < 0 || order > 6) {
      throw new UnsupportedImageException(
          "qcow2 image with refcounts of 2^"
              + Integer.toUnsignedString(order)
              + " bits; 2^6 is"
              + " the most that is known");
    }
    return order;
  }

  private Encryption encryption() throws UnsupportedImageException {
    int method = fields.getInt(32);
    Encryption[] known = Encryption.values();
    if (method < 0 || method >= known.length) {
      throw new UnsupportedImageException(
          "qcow2 image with encryption method " + Integer.toUnsignedString(method));
    }
    return known[method];
  }

  private Qcow2Header.Table l1(int clusterBits, long incompatible) throws CorruptImageException {
    Qcow2Header.Table l1 =
        table(36, 40, (int) (MAX_L1_BYTES / Long.BYTES), clusterBits, "L1 table");
    boolean extended =
        IncompatibleFeature.of(incompatible).contains(IncompatibleFeature.EXTENDED_L2);
    // An L2 table fills a cluster with entries of 8 bytes, or 16 with the feature.
    int coverageBits = clusterBits + clusterBits - (extended ? 4 : 3);
    long size = virtualSize();
    long needed = (size >>> coverageBits) + ((size & (1L << coverageBits) - 1) == 0 ? 0 : 1);
    require(l1.entries() >= needed, 36, "an L1 table of at least " + needed, l1.entries());
    return l1;
  }

  private Qcow2Header.Table refcountTable(int clusterBits) throws CorruptImageException {
    int mostClusters = (int) (MAX_REFCOUNT_TABLE_BYTES >> clusterBits);
    Qcow2Header.Table clusters = table(56, 48, mostClusters, clusterBits, "refcount table");
    require(clusters.entries() > 0, 56, "a refcount table", 0);
    return new Qcow2Header.Table(clusters.offset(), clusters.entries() << clusterBits >> 3);
  }

  /** A count of 4 bytes and an offset of 8. */
  private Qcow2Header.Table table(
      int countAt, int offsetAt, int mostEntries, int clusterBits, String name)
      throws CorruptImageException {
    long count = Integer.toUnsignedLong(fields.getInt(countAt));
    require(count <= mostEntries, countAt, "a " + name + " of at most " + mostEntries, count);
    if (count == 0) {
      return new Qcow2Header.Table(0, 0);
    }
    long offset = fields.getLong(offsetAt);
    require(
        offset > 0 && offset <= MAX_OFFSET && (offset & (1L << clusterBits) - 1) == 0,
        offsetAt,
        "a " + name + " at the start of a cluster after the first",
        offset);
    return new Qcow2Header.Table(offset, (int) count);
  }

  private Optional<Integer> backingFileOffset(int clusterBits) throws CorruptImageException {
    long offset = fields.getLong(8);
    if (offset == 0) {
      return Optional.empty();
    }
    int mostOffset = Math.min(head.length, 1 << clusterBits);
    require(
        offset >= HeaderFormat.V2_LENGTH && offset <= mostOffset,
        8,
        "the backing file's name in the first cluster",
        offset);
    return Optional.of((int) offset);
  }

  private Optional<String> backingFile(int clusterBits) throws CorruptImageException {
    Optional<Integer> offset = backingFileOffset(clusterBits);
    if (offset.isEmpty()) {
      return Optional.empty();
    }
    long length = Integer.toUnsignedLong(fields.getInt(16));
    int most = Math.min(HeaderFormat.MAX_BACKING_NAME, head.length - offset.get());
    require(length <= most, 16, "a backing file name of at most " + most + " bytes", length);
    return Optional.of(new String(head, offset.get(), (int) length, UTF_8));
  }

  private static void require(boolean rule, long offset, String expected, long found)
      throws CorruptImageException {
    if (!rule) {
      throw new CorruptImageException(
          offset, "expected " + expected + ", found " + Long.toUnsignedString(found));
    }
  }
}
