package org.qmpbs.qcow2;

import java.util.BitSet;
import java.util.Objects;

/**
 * Where every byte of a fresh qcow2 image stands, computed before the first one arrives.
 *
 * <pre>
 * Image --&gt; Header, RefcountTable, RefcountBlock*, L1Table, L2Table*, Data*
 * </pre>
 *
 * <p>The caller knows beforehand which chunks of the guest's data are not zero. That fixes the
 * number of data clusters, hence of tables that point to them, hence every offset; so chunks can be
 * written in any order by several threads, and tables can be made while they are written instead of
 * being held. Kept in memory is one bit and half a bit of index per chunk: 8 TiB take 384 KiB.
 *
 * <p>Metadata comes first and data follows in the order of the guest's addresses, so reading the
 * disk from end to end reads the file from end to end.
 *
 * <p>Format: QEMU's docs/interop/qcow2.txt. Version 3, clusters of 64 KiB and refcounts of 16 bits
 * (both are what qemu-img makes by default), no optional feature. Immutable.
 */
public final class Qcow2Layout {
  /** Bytes of guest data that are allocated, written and left out together. */
  public static final int CHUNK_SIZE = 4 << 20;

  /**
   * Largest disk, 1 PiB. QEMU opens no image whose L1 table has over 32 MiB or whose refcount table
   * over 8 MiB (block/qcow2.h, QCOW_MAX_L1_SIZE and QCOW_MAX_REFTABLE_SIZE): 2 PiB each with this
   * cluster size, less the room for the tables themselves.
   */
  public static final long MAX_VIRTUAL_SIZE = 1L << 50;

  static final int CLUSTER_BITS = 16;
  static final int CLUSTER_SIZE = 1 << CLUSTER_BITS;

  /** Entries of 8 bytes in a cluster: of an L1, L2 or refcount table. */
  static final int TABLE_ENTRIES = CLUSTER_SIZE / Long.BYTES;

  /** Entries of 16 bits in a refcount block. */
  static final int REFCOUNTS_PER_BLOCK = CLUSTER_SIZE / Short.BYTES;

  /** Guest bytes that one L2 table maps: 512 MiB. */
  static final long L2_COVERAGE = (long) TABLE_ENTRIES * CLUSTER_SIZE;

  static final int CHUNKS_PER_L2_TABLE = (int) (L2_COVERAGE / CHUNK_SIZE);
  private static final int SECTOR = 512;

  private final long virtualSize;
  private final int chunkCount;
  private final BitSet allocated;

  /** Allocated chunks before chunk {@code 64 * i}. */
  private final int[] rank;

  private final int l2TableCount;
  private final long refcountTableOffset;
  private final int refcountTableClusters;
  private final long refcountBlockOffset;
  private final long l1Offset;
  private final long l2Offset;
  private final long dataOffset;
  private final long clusterCount;

  private Qcow2Layout(long virtualSize, BitSet allocated) {
    this.virtualSize = virtualSize;
    this.chunkCount = Math.toIntExact(ceilDiv(virtualSize, CHUNK_SIZE));
    if (allocated.length() > chunkCount) {
      throw new IllegalArgumentException(
          "chunk " + (allocated.length() - 1) + " of a disk that has " + chunkCount);
    }
    this.allocated = (BitSet) allocated.clone();
    this.rank = rank(this.allocated, chunkCount);
    this.l2TableCount = countL2Tables();
    long dataClusters = ceilDiv(allocatedBytes(), CLUSTER_SIZE);
    long l1Clusters = ceilDiv(l1Entries(), TABLE_ENTRIES);
    long counted = 1 + l1Clusters + l2TableCount + dataClusters;
    long blocks = 0;
    long tables = 0;
    // Refcount structures count themselves: repeat until their number covers them as well.
    for (long total = 0; total != counted + blocks + tables; ) {
      total = counted + blocks + tables;
      blocks = ceilDiv(total, REFCOUNTS_PER_BLOCK);
      tables = ceilDiv(blocks, TABLE_ENTRIES);
    }
    this.clusterCount = counted + blocks + tables;
    this.refcountTableClusters = Math.toIntExact(tables);
    this.refcountTableOffset = CLUSTER_SIZE;
    this.refcountBlockOffset = refcountTableOffset + tables * CLUSTER_SIZE;
    this.l1Offset = refcountBlockOffset + blocks * CLUSTER_SIZE;
    this.l2Offset = l1Offset + l1Clusters * CLUSTER_SIZE;
    this.dataOffset = l2Offset + (long) l2TableCount * CLUSTER_SIZE;
  }

  /**
   * The layout for a disk.
   *
   * @param virtualSize of the disk in bytes; rounded up to sectors of 512, as QEMU does for a raw
   *     image, and the added bytes read as zeros
   * @param allocated chunks of {@link #CHUNK_SIZE} bytes that will be written; others read as zeros
   * @throws IllegalArgumentException if the size is not 1 to {@link #MAX_VIRTUAL_SIZE}, or a chunk
   *     is beyond it
   */
  public static Qcow2Layout of(long virtualSize, BitSet allocated) {
    if (virtualSize < 1 || virtualSize > MAX_VIRTUAL_SIZE) {
      throw new IllegalArgumentException(
          "a disk has 1 to " + MAX_VIRTUAL_SIZE + " bytes, not " + virtualSize);
    }
    return new Qcow2Layout(ceilDiv(virtualSize, SECTOR) * SECTOR, allocated);
  }

  /** Size of the disk in bytes, a multiple of 512. */
  public long virtualSize() {
    return virtualSize;
  }

  /** How many chunks the disk has, allocated or not; the last one may be short. */
  public int chunkCount() {
    return chunkCount;
  }

  /** Whether chunk {@code index} will be written. */
  public boolean isAllocated(int index) {
    return allocated.get(index);
  }

  /** Length of the finished file in bytes, a multiple of 64 KiB; most of it may be holes. */
  public long fileLength() {
    return clusterCount * CLUSTER_SIZE;
  }

  /** Length of chunk {@code index} in bytes: {@link #CHUNK_SIZE}, or what is left for the last. */
  public int chunkLength(int index) {
    Objects.checkIndex(index, chunkCount);
    return (int) Math.min(CHUNK_SIZE, virtualSize - (long) index * CHUNK_SIZE);
  }

  /**
   * Where the data of chunk {@code index} starts in the file.
   *
   * @throws IllegalArgumentException if it is not allocated
   */
  public long chunkOffset(int index) {
    if (!allocated.get(Objects.checkIndex(index, chunkCount))) {
      throw new IllegalArgumentException("chunk " + index + " has no place: it is all zeros");
    }
    int word = index / Long.SIZE;
    int before = rank[word] + allocated.get(word * Long.SIZE, index).cardinality();
    return dataOffset + (long) before * CHUNK_SIZE;
  }

  /** The first chunk from {@code index} on that is allocated, or -1. */
  int nextAllocated(int index) {
    return allocated.nextSetBit(index);
  }

  int l1Entries() {
    return Math.toIntExact(ceilDiv(virtualSize, L2_COVERAGE));
  }

  /** Whether the L1 entry {@code index} has an L2 table. */
  boolean hasL2Table(int index) {
    int first = index * CHUNKS_PER_L2_TABLE;
    int next = allocated.nextSetBit(first);
    return next >= 0 && next - first < CHUNKS_PER_L2_TABLE;
  }

  int l2TableCount() {
    return l2TableCount;
  }

  long refcountTableOffset() {
    return refcountTableOffset;
  }

  int refcountTableClusters() {
    return refcountTableClusters;
  }

  /** Refcount blocks stand from here to the L1 table. */
  long refcountBlockOffset() {
    return refcountBlockOffset;
  }

  long l1Offset() {
    return l1Offset;
  }

  /** L2 tables stand from here to the data, in the order of their L1 entries. */
  long l2Offset() {
    return l2Offset;
  }

  /** All clusters of the file; each is used exactly once. */
  long clusterCount() {
    return clusterCount;
  }

  private long allocatedBytes() {
    long bytes = (long) allocated.cardinality() * CHUNK_SIZE;
    return allocated.get(chunkCount - 1) ? bytes - CHUNK_SIZE + chunkLength(chunkCount - 1) : bytes;
  }

  private int countL2Tables() {
    int count = 0;
    int next = allocated.nextSetBit(0);
    while (next >= 0) {
      count++;
      next = allocated.nextSetBit((next / CHUNKS_PER_L2_TABLE + 1) * CHUNKS_PER_L2_TABLE);
    }
    return count;
  }

  private static int[] rank(BitSet allocated, int chunkCount) {
    int[] rank = new int[chunkCount / Long.SIZE + 1];
    long[] words = allocated.toLongArray();
    for (int i = 1; i < rank.length; i++) {
      rank[i] = rank[i - 1] + (i <= words.length ? Long.bitCount(words[i - 1]) : 0);
    }
    return rank;
  }

  private static long ceilDiv(long value, long divisor) {
    return (value + divisor - 1) / divisor;
  }
}
