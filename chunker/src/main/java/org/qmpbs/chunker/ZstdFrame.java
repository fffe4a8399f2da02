package org.qmpbs.chunker;

import static org.qmpbs.chunker.CorruptDataException.verify;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;

/**
 * Decompression of exactly one zstd frame of foreign origin.
 *
 * <p>Three things are not left to the library. A frame is followed by nothing: it would decode
 * several in a row and skip others, and what a reader ignores nobody ever checks. What comes out is
 * bounded before anything is allocated: by the caller's limit, and by what the format can express
 * in so few bytes, so that twenty hostile bytes cannot ask for 128 MiB. And the size that a frame
 * announces is compared with what came out.
 */
final class ZstdFrame {
  private static final String WHAT = "blob";

  /** Little-endian magic of a frame (RFC 8878, 3.1.1); skippable and legacy frames have others. */
  private static final int MAGIC = 0xFD2FB528;

  private static final int MAGIC_SIZE = 4;

  /** A block makes at most this many bytes (RFC 8878, 3.1.1.2.4, "Block_Maximum_Size"). */
  private static final long MAX_BLOCK_CONTENT = 128 << 10;

  /** The block that makes something of least: 3 bytes of header, one byte to repeat (RLE). */
  private static final int MIN_BLOCK_SIZE = 4;

  private ZstdFrame() {}

  /**
   * Decompresses the frame that fills {@code source} from {@code offset} to its end.
   *
   * @param maxLength most bytes that may come out
   */
  static byte[] decompress(byte[] source, int offset, int maxLength) throws CorruptDataException {
    int length = source.length - offset;
    verifyOneFrame(source, offset, length);
    long expressible = (length / MIN_BLOCK_SIZE) * MAX_BLOCK_CONTENT;
    long announced = Zstd.getFrameContentSize(source, offset, length);
    // Negative: the frame does not say, which is allowed to writers that stream.
    boolean sized = announced >= 0;
    long limit = Math.min(maxLength, expressible);
    if (announced > limit) {
      throw new CorruptDataException(
          WHAT, offset, "expected at most " + limit + " bytes, the frame announces " + announced);
    }
    byte[] plain = new byte[(int) (sized ? announced : limit)];
    int found = decompress(source, offset, length, plain);
    verify(
        !sized || found == announced,
        WHAT,
        offset,
        "expected the announced " + announced + " bytes, found " + found);
    return found == plain.length ? plain : Arrays.copyOf(plain, found);
  }

  private static void verifyOneFrame(byte[] source, int offset, int length)
      throws CorruptDataException {
    verify(length >= MAGIC_SIZE, WHAT, source.length, "expected a zstd frame, found the end");
    int magic = 0;
    for (int i = 0; i < MAGIC_SIZE; i++) {
      magic |= (source[offset + i] & 0xff) << (8 * i);
    }
    if (magic != MAGIC) {
      throw new CorruptDataException(
          WHAT, offset, String.format("expected zstd magic %08x, found %08x", MAGIC, magic));
    }
    long frame = frameLength(source, offset, length);
    verify(
        frame == length,
        WHAT,
        offset + frame,
        "expected the end after one zstd frame, found " + (length - frame) + " more bytes");
  }

  private static long frameLength(byte[] source, int offset, int length)
      throws CorruptDataException {
    try {
      return orThrow(Zstd.findFrameCompressedSize(source, offset, length), offset);
    } catch (ZstdException e) {
      throw bad(offset, e);
    }
  }

  private static int decompress(byte[] source, int offset, int length, byte[] target)
      throws CorruptDataException {
    try {
      long found = Zstd.decompressByteArray(target, 0, target.length, source, offset, length);
      return Math.toIntExact(orThrow(found, offset));
    } catch (ZstdException e) {
      throw bad(offset, e);
    }
  }

  /** Some of the library's methods return their errors as numbers, some throw. */
  private static long orThrow(long result, int offset) throws CorruptDataException {
    if (Zstd.isError(result)) {
      throw bad(offset, new ZstdException(result));
    }
    return result;
  }

  private static CorruptDataException bad(int offset, ZstdException cause) {
    CorruptDataException bad =
        new CorruptDataException(
            WHAT, offset, "expected a whole zstd frame, found: " + cause.getMessage());
    bad.initCause(cause);
    return bad;
  }
}
