package org.qmpbs.chunker;

import static org.qmpbs.chunker.CorruptDataException.verify;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * The envelope of every chunk and {@code .blob} file: magic, CRC-32 of all that follows the 12-byte
 * header, data. Static methods only; all are safe for use by several threads.
 *
 * <p>A decoder of foreign bytes is told how much may come out. The frame's own header is not
 * believed: the output buffer has that size at most, whatever the frame claims.
 */
public final class Blob {
  /** Most a chunk may decode to (pbs-protocol.md, "Blob"). */
  public static final int MAX_CHUNK = 16 << 20;

  /** Most a {@code .blob} file may decode to (pbs-protocol.md, "Blob"). */
  public static final int MAX_BLOB = 128 << 20;

  /** Bytes before the data of an unencrypted blob. */
  public static final int HEADER_SIZE = 12;

  private static final String WHAT = "blob";
  private static final int CRC_OFFSET = 8;

  /** The official client's default; higher levels cost more time than an upload saves. */
  private static final int ZSTD_LEVEL = 1;

  private Blob() {}

  /** The largest blob that {@link #encode} can make of {@code plainLength} bytes. */
  public static int maxEncodedLength(int plainLength) {
    return HEADER_SIZE + Math.toIntExact(Zstd.compressBound(plainLength));
  }

  /** Encodes a range of {@code plain}: compressed if that is not larger, else as it is. */
  public static byte[] encode(byte[] plain, int offset, int length) {
    byte[] target = new byte[maxEncodedLength(length)];
    return Arrays.copyOf(target, encode(plain, offset, length, target));
  }

  /**
   * Encodes into a buffer of the caller's.
   *
   * @param target at least {@link #maxEncodedLength} bytes
   * @return how many bytes of {@code target} are the blob
   */
  public static int encode(byte[] plain, int offset, int length, byte[] target) {
    long compressed =
        Zstd.compressByteArray(
            target, HEADER_SIZE, target.length - HEADER_SIZE, plain, offset, length, ZSTD_LEVEL);
    if (Zstd.isError(compressed)) {
      throw new IllegalStateException("zstd cannot compress: " + Zstd.getErrorName(compressed));
    }
    BlobKind kind = compressed <= length ? BlobKind.ZSTD : BlobKind.PLAIN;
    int dataLength = (int) compressed;
    if (kind == BlobKind.PLAIN) {
      System.arraycopy(plain, offset, target, HEADER_SIZE, length);
      dataLength = length;
    }
    kind.writeMagic(target);
    writeCrc(target, HEADER_SIZE + dataLength);
    return HEADER_SIZE + dataLength;
  }

  /**
   * The plain bytes of a blob.
   *
   * @param maxLength most bytes that may come out, {@link #MAX_CHUNK} or {@link #MAX_BLOB} or less
   * @throws CorruptDataException if the magic, the CRC or the frame is wrong, or more comes out
   * @throws UnsupportedDataException if it is encrypted
   */
  public static byte[] decode(byte[] blob, int maxLength)
      throws CorruptDataException, UnsupportedDataException {
    verify(
        blob.length >= HEADER_SIZE,
        WHAT,
        blob.length,
        "expected a header of " + HEADER_SIZE + " bytes, found the end");
    BlobKind kind =
        BlobKind.of(blob)
            .orElseThrow(
                () ->
                    new CorruptDataException(
                        WHAT,
                        0,
                        "expected a blob's magic, found "
                            + java.util.HexFormat.of().formatHex(blob, 0, BlobKind.MAGIC_SIZE)));
    verifyCrc(blob);
    if (kind.isEncrypted()) {
      throw new UnsupportedDataException("the blob is encrypted; its key is needed to read it");
    }
    int dataLength = blob.length - HEADER_SIZE;
    if (kind == BlobKind.PLAIN) {
      verify(
          dataLength <= maxLength,
          WHAT,
          HEADER_SIZE,
          "expected at most " + maxLength + " bytes, found " + dataLength);
      return Arrays.copyOfRange(blob, HEADER_SIZE, blob.length);
    }
    return decompress(blob, dataLength, maxLength);
  }

  private static byte[] decompress(byte[] blob, int dataLength, int maxLength)
      throws CorruptDataException {
    long claimed = Zstd.getFrameContentSize(blob, HEADER_SIZE, dataLength);
    // A frame without a size (0 or an error code here) gets the whole bound.
    boolean sized = claimed > 0 && !Zstd.isError(claimed);
    verify(
        !sized || claimed <= maxLength,
        WHAT,
        HEADER_SIZE,
        "expected at most " + maxLength + " bytes, the frame announces " + claimed);
    byte[] plain = new byte[sized ? (int) claimed : maxLength];
    try {
      long length = Zstd.decompressByteArray(plain, 0, plain.length, blob, HEADER_SIZE, dataLength);
      verify(
          !Zstd.isError(length),
          WHAT,
          HEADER_SIZE,
          "expected a zstd frame of at most "
              + maxLength
              + " bytes, found: "
              + Zstd.getErrorName(length));
      return length == plain.length ? plain : Arrays.copyOf(plain, (int) length);
    } catch (ZstdException e) {
      throw new CorruptDataException(
          WHAT, HEADER_SIZE, "expected a zstd frame, found: " + e.getMessage());
    }
  }

  /**
   * Checks magic and CRC only.
   *
   * @throws CorruptDataException if either is wrong
   */
  public static void verifyEnvelope(byte[] blob) throws CorruptDataException {
    verify(blob.length >= HEADER_SIZE, WHAT, blob.length, "expected a header, found the end");
    verify(BlobKind.of(blob).isPresent(), WHAT, 0, "expected a blob's magic");
    verifyCrc(blob);
  }

  private static void verifyCrc(byte[] blob) throws CorruptDataException {
    int stored = readCrc(blob);
    int computed = crc(blob, blob.length);
    verify(
        stored == computed,
        WHAT,
        CRC_OFFSET,
        String.format("expected CRC %08x (computed), found %08x", computed, stored));
  }

  private static int crc(byte[] blob, int end) {
    CRC32 crc = new CRC32();
    crc.update(blob, HEADER_SIZE, end - HEADER_SIZE);
    return (int) crc.getValue();
  }

  private static void writeCrc(byte[] blob, int end) {
    int crc = crc(blob, end);
    for (int i = 0; i < Integer.BYTES; i++) {
      blob[CRC_OFFSET + i] = (byte) (crc >>> (8 * i));
    }
  }

  private static int readCrc(byte[] blob) {
    int crc = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      crc |= (blob[CRC_OFFSET + i] & 0xff) << (8 * i);
    }
    return crc;
  }
}
