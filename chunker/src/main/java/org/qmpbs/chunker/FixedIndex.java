package org.qmpbs.chunker;

import static org.qmpbs.chunker.CorruptDataException.verify;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;

/**
 * A {@code .fidx} file: which chunk stands at which place of an image. Immutable.
 *
 * <pre>
 * FixedIndex --&gt; Header, Digest^ceil(size / chunk size)
 * Header     --&gt; magic 8, uuid 16, ctime i64, checksum 32, size u64, chunk size u64, zeros to 4096
 * </pre>
 *
 * All integers little-endian; the checksum is the SHA-256 of the digests in order
 * (docs/protocol.md, "Fixed index"). The parser recomputes it, so the digests in memory are those
 * that were written; whether it is the <em>right</em> index, and of which size in bytes, only the
 * manifest can tell: nothing in the file covers uuid, ctime and size. 32 bytes a chunk: 1 TiB of
 * image is 8 MiB here.
 */
public final class FixedIndex {
  /** Bytes before the first digest. */
  public static final int HEADER_SIZE = 4096;

  /**
   * Largest image this class can index, 256 TiB less a little: the whole file has to fit an array.
   */
  public static final long MAX_SIZE =
      (long) ((Integer.MAX_VALUE - 8 - HEADER_SIZE) / Digest.BYTES) * Chunks.SIZE;

  private static final String WHAT = "fixed index";
  private static final byte[] MAGIC = {
    47, 127, 65, (byte) 237, (byte) 145, (byte) 253, 15, (byte) 205
  };
  private static final int UUID_OFFSET = 8;
  private static final int CTIME_OFFSET = 24;
  private static final int CHECKSUM_OFFSET = 32;
  private static final int SIZE_OFFSET = 64;
  private static final int CHUNK_SIZE_OFFSET = 72;
  private static final int RESERVED_OFFSET = 80;

  private final UUID uuid;
  private final long ctime;
  private final long size;
  private final Digest checksum;
  private final byte[] digests;

  FixedIndex(UUID uuid, long ctime, long size, byte[] digests) {
    this.uuid = uuid;
    this.ctime = ctime;
    this.size = size;
    this.digests = digests;
    this.checksum = Digest.sha256(digests);
  }

  /**
   * Parses a whole file.
   *
   * @throws CorruptDataException if a rule of the format is broken or the checksum is wrong
   * @throws UnsupportedDataException if the chunk size is a valid one that images do not use, or
   *     the header has fields that came later
   */
  public static FixedIndex parse(byte[] file)
      throws CorruptDataException, UnsupportedDataException {
    verify(
        file.length >= HEADER_SIZE,
        WHAT,
        file.length,
        "expected a header of 4096 bytes, found the end of the file");
    verify(
        Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length),
        WHAT,
        0,
        "expected magic "
            + HexFormat.of().formatHex(MAGIC)
            + ", found "
            + HexFormat.of().formatHex(file, 0, MAGIC.length));
    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long size = header.getLong(SIZE_OFFSET);
    long chunkSize = header.getLong(CHUNK_SIZE_OFFSET);
    verify(
        Long.bitCount(chunkSize) == 1 && chunkSize > 0,
        WHAT,
        CHUNK_SIZE_OFFSET,
        "expected a power of two as chunk size, found " + Long.toUnsignedString(chunkSize));
    if (chunkSize != Chunks.SIZE) {
      throw new UnsupportedDataException(
          "fixed index with chunks of " + chunkSize + " bytes; images use " + Chunks.SIZE);
    }
    verify(
        size >= 1 && size <= MAX_SIZE,
        WHAT,
        SIZE_OFFSET,
        "expected an image size of 1 to " + MAX_SIZE + ", found " + Long.toUnsignedString(size));
    long expectedLength = HEADER_SIZE + (long) Chunks.count(size) * Digest.BYTES;
    verify(
        file.length == expectedLength,
        WHAT,
        Math.min(file.length, expectedLength),
        "expected " + expectedLength + " bytes in the file, found " + file.length);
    requireZeros(file);
    FixedIndex index =
        new FixedIndex(
            readUuid(file),
            header.getLong(CTIME_OFFSET),
            size,
            Arrays.copyOfRange(file, HEADER_SIZE, file.length));
    Digest stored = Digest.read(file, CHECKSUM_OFFSET);
    verify(
        index.checksum.equals(stored),
        WHAT,
        CHECKSUM_OFFSET,
        "expected index checksum " + index.checksum + " (recomputed), found " + stored);
    return index;
  }

  /**
   * A later format would put its fields here. To ignore them could be to misread the rest, and a
   * flipped bit would pass unseen.
   */
  private static void requireZeros(byte[] file) throws UnsupportedDataException {
    for (int i = RESERVED_OFFSET; i < HEADER_SIZE; i++) {
      if (file[i] != 0) {
        throw new UnsupportedDataException(
            "fixed index with a header field at byte "
                + i
                + " that this version does not know: it was written by a later one, or is damaged");
      }
    }
  }

  private static UUID readUuid(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file, UUID_OFFSET, 16);
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  /** The whole file, as {@link #parse} reads it. */
  public byte[] toBytes() {
    byte[] file = new byte[HEADER_SIZE + digests.length];
    System.arraycopy(MAGIC, 0, file, 0, MAGIC.length);
    ByteBuffer.wrap(file, UUID_OFFSET, 16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits());
    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(CTIME_OFFSET, ctime);
    checksum.copyTo(file, CHECKSUM_OFFSET);
    header.putLong(SIZE_OFFSET, size);
    header.putLong(CHUNK_SIZE_OFFSET, Chunks.SIZE);
    System.arraycopy(digests, 0, file, HEADER_SIZE, digests.length);
    return file;
  }

  /** Random name that the writer of the file chose. */
  public UUID uuid() {
    return uuid;
  }

  /** Seconds since 1970 at which the file was created. */
  public long ctime() {
    return ctime;
  }

  /** Size of the image in bytes. */
  public long size() {
    return size;
  }

  /** SHA-256 over all digests in order, recomputed from them. */
  public Digest checksum() {
    return checksum;
  }

  /** How many chunks the image has. */
  public int chunkCount() {
    return digests.length / Digest.BYTES;
  }

  /**
   * The chunk at position {@code index}.
   *
   * @throws IndexOutOfBoundsException if the image has no such chunk
   */
  public Digest digest(int index) {
    return Digest.read(digests, Objects.checkIndex(index, chunkCount()) * Digest.BYTES);
  }

  /** A builder that starts with every position of this index assigned. */
  public FixedIndexBuilder toBuilder() {
    return new FixedIndexBuilder(size, digests.clone());
  }
}
