package org.qmpbs.chunker;

import static org.qmpbs.chunker.CorruptDataException.verify;

import com.github.luben.zstd.Zstd;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;
import javax.crypto.AEADBadTagException;

/**
 * The envelope of every chunk and {@code .blob} file: magic, CRC-32 of the data, data. An encrypted
 * blob has IV and tag between CRC and data; the CRC does not cover these, the cipher's own
 * authentication does (docs/protocol.md, "Blob"). Static methods only; all are safe for use by
 * several threads.
 *
 * <p>A decoder of foreign bytes is told how much may come out, and the bytes' own claims are not
 * believed. One zstd frame is the rule; what follows it is damage ({@link ZstdFrame}).
 */
public final class Blob {
  /** Most a chunk may decode to (docs/protocol.md, "Blob"). */
  public static final int MAX_CHUNK = 16 << 20;

  /** Most a {@code .blob} file may decode to (docs/protocol.md, "Blob"). */
  public static final int MAX_BLOB = 128 << 20;

  /** Bytes before the data of an unencrypted blob. */
  public static final int HEADER_SIZE = 12;

  /** Bytes before the data of a blob of any kind, at most. */
  public static final int MAX_HEADER_SIZE = HEADER_SIZE + AesGcm.OVERHEAD;

  private static final String WHAT = "blob";
  private static final int CRC_OFFSET = 8;

  /** Bytes before the data of an encrypted blob. */
  private static final int ENCRYPTED_HEADER_SIZE = MAX_HEADER_SIZE;

  /** The official client's default; higher levels cost more time than an upload saves. */
  private static final int ZSTD_LEVEL = 1;

  private Blob() {}

  /** The largest blob that {@link #encode} can make of {@code plainLength} bytes. */
  public static int maxEncodedLength(int plainLength) {
    return HEADER_SIZE + Math.toIntExact(Zstd.compressBound(plainLength));
  }

  /** The largest buffer that encrypting {@code plainLength} bytes needs. */
  public static int maxEncryptedLength(int plainLength) {
    return ENCRYPTED_HEADER_SIZE + Math.toIntExact(Zstd.compressBound(plainLength)) + AesGcm.SPARE;
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
    Packed packed = pack(plain, offset, length, target, HEADER_SIZE);
    int end = HEADER_SIZE + packed.length();
    (packed.compressed() ? BlobKind.ZSTD : BlobKind.PLAIN).writeMagic(target);
    writeCrc(target, HEADER_SIZE, end);
    return end;
  }

  /**
   * Encodes and encrypts a range of {@code plain}.
   *
   * @param random makes the IV
   */
  public static byte[] encode(
      byte[] plain, int offset, int length, EncryptionKey key, SecureRandom random) {
    byte[] target = new byte[maxEncryptedLength(length)];
    return Arrays.copyOf(target, encode(plain, offset, length, target, key, random));
  }

  /**
   * Encodes and encrypts into a buffer of the caller's.
   *
   * @param target at least {@link #maxEncryptedLength} bytes
   * @param random makes the IV
   * @return how many bytes of {@code target} are the blob
   */
  public static int encode(
      byte[] plain, int offset, int length, byte[] target, EncryptionKey key, SecureRandom random) {
    Packed packed = pack(plain, offset, length, target, ENCRYPTED_HEADER_SIZE);
    AesGcm.seal(key, target, HEADER_SIZE, packed.length(), random);
    int end = ENCRYPTED_HEADER_SIZE + packed.length();
    (packed.compressed() ? BlobKind.ENCRYPTED_ZSTD : BlobKind.ENCRYPTED).writeMagic(target);
    writeCrc(target, ENCRYPTED_HEADER_SIZE, end);
    return end;
  }

  private record Packed(boolean compressed, int length) {}

  /** Writes the data of a blob, compressed if that is not larger. */
  private static Packed pack(byte[] plain, int offset, int length, byte[] target, int start) {
    long compressed =
        Zstd.compressByteArray(
            target, start, target.length - start, plain, offset, length, ZSTD_LEVEL);
    if (Zstd.isError(compressed)) {
      throw new IllegalStateException("zstd cannot compress: " + Zstd.getErrorName(compressed));
    }
    if (compressed <= length) {
      return new Packed(true, (int) compressed);
    }
    System.arraycopy(plain, offset, target, start, length);
    return new Packed(false, length);
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
    BlobKind kind = verifyEnvelope(blob);
    if (kind.isEncrypted()) {
      throw new UnsupportedDataException("the blob is encrypted; its key is needed to read it");
    }
    return unencrypted(blob, kind, maxLength);
  }

  /**
   * The plain bytes of a blob that may be encrypted. Whether it had to be is for the caller to
   * know, from the manifest.
   *
   * @param maxLength most bytes that may come out, {@link #MAX_CHUNK} or {@link #MAX_BLOB} or less
   * @param key not used if the blob is not encrypted
   * @throws CorruptDataException if the magic, the CRC or the frame is wrong, or more comes out;
   *     offsets in the frame of an encrypted blob count from the frame's start
   * @throws AuthenticationFailedException if it was encrypted with another key, or forged
   */
  public static byte[] decode(byte[] blob, int maxLength, EncryptionKey key)
      throws CorruptDataException, AuthenticationFailedException {
    BlobKind kind = verifyEnvelope(blob);
    if (!kind.isEncrypted()) {
      return unencrypted(blob, kind, maxLength);
    }
    if (kind == BlobKind.ENCRYPTED) {
      verifyLength(blob.length - ENCRYPTED_HEADER_SIZE, maxLength, ENCRYPTED_HEADER_SIZE);
      return decrypt(blob, key);
    }
    return ZstdFrame.decompress(decrypt(blob, key), 0, maxLength);
  }

  private static byte[] decrypt(byte[] blob, EncryptionKey key)
      throws AuthenticationFailedException {
    try {
      return AesGcm.open(key, blob, HEADER_SIZE);
    } catch (AEADBadTagException e) {
      throw new AuthenticationFailedException(WHAT, key.fingerprint());
    }
  }

  private static byte[] unencrypted(byte[] blob, BlobKind kind, int maxLength)
      throws CorruptDataException {
    if (kind == BlobKind.ZSTD) {
      return ZstdFrame.decompress(blob, HEADER_SIZE, maxLength);
    }
    verifyLength(blob.length - HEADER_SIZE, maxLength, HEADER_SIZE);
    return Arrays.copyOfRange(blob, HEADER_SIZE, blob.length);
  }

  private static void verifyLength(int length, int maxLength, int offset)
      throws CorruptDataException {
    verify(
        length <= maxLength,
        WHAT,
        offset,
        "expected at most " + maxLength + " bytes, found " + length);
  }

  /**
   * Checks magic, length of the header and CRC only; needs no key.
   *
   * @return what the magic says of the rest
   * @throws CorruptDataException if one of them is wrong
   */
  public static BlobKind verifyEnvelope(byte[] blob) throws CorruptDataException {
    verify(
        blob.length >= HEADER_SIZE,
        WHAT,
        blob.length,
        "expected a header of " + HEADER_SIZE + " bytes, found the end");
    Optional<BlobKind> kind = BlobKind.of(blob);
    if (kind.isEmpty()) {
      String found = HexFormat.of().formatHex(blob, 0, BlobKind.MAGIC_SIZE);
      throw new CorruptDataException(WHAT, 0, "expected a blob's magic, found " + found);
    }
    int headerSize = kind.get().headerSize();
    verify(
        blob.length >= headerSize,
        WHAT,
        blob.length,
        "expected a header of " + headerSize + " bytes, found the end");
    verifyCrc(blob, headerSize);
    return kind.get();
  }

  private static void verifyCrc(byte[] blob, int headerSize) throws CorruptDataException {
    int stored = readCrc(blob);
    int computed = crc(blob, headerSize, blob.length);
    if (stored != computed) {
      throw new CorruptDataException(
          WHAT,
          CRC_OFFSET,
          String.format("expected CRC %08x (computed), found %08x", computed, stored));
    }
  }

  private static int crc(byte[] blob, int start, int end) {
    CRC32 crc = new CRC32();
    crc.update(blob, start, end - start);
    return (int) crc.getValue();
  }

  private static void writeCrc(byte[] blob, int start, int end) {
    int crc = crc(blob, start, end);
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
