package org.qmpbs.e2e.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.UnsupportedDataException;

/**
 * An encoded chunk or blob as a server sees it: it can look into plain ones, and has to take
 * encrypted ones as they are.
 *
 * <p>The CRC covers what follows the <em>whole</em> header, which has 12 bytes, or 44 for encrypted
 * kinds; the golden files show it.
 */
final class RawBlob {
  private static final long PLAIN = 0x42ab3807be8370a1L;
  private static final long ZSTD = 0x31b95842_6fb6a37fL;
  private static final long ENCRYPTED = 0x7b6785be222d4cf0L;
  private static final long ENCRYPTED_ZSTD = 0xe6591bbf0bbfd80bL;

  private static final int CRC_OFFSET = 8;
  private static final int PLAIN_HEADER = 12;
  private static final int ENCRYPTED_HEADER = 44;

  private final byte[] bytes;
  private final long magic;

  private RawBlob(byte[] bytes, long magic) {
    this.bytes = bytes;
    this.magic = magic;
  }

  /** Checks magic and minimum size; the CRC is another matter. */
  static RawBlob parse(byte[] bytes) throws Refused {
    if (bytes.length < PLAIN_HEADER) {
      throw Refused.badRequest("blob too small (" + bytes.length + " bytes).");
    }
    RawBlob blob = new RawBlob(bytes, ByteBuffer.wrap(bytes).getLong());
    if (blob.isEncrypted()) {
      if (bytes.length < ENCRYPTED_HEADER) {
        throw Refused.badRequest("encrypted blob too small (" + bytes.length + " bytes).");
      }
    } else if (blob.magic != PLAIN && blob.magic != ZSTD) {
      throw Refused.badRequest("unable to parse raw blob - wrong magic");
    }
    return blob;
  }

  byte[] bytes() {
    return bytes;
  }

  boolean isEncrypted() {
    return magic == ENCRYPTED || magic == ENCRYPTED_ZSTD;
  }

  /** Encrypted without compression: its length follows from the chunk's. */
  boolean isEncryptedUncompressed() {
    return magic == ENCRYPTED;
  }

  void verifyCrc() throws Refused {
    if (littleEndian().getInt(CRC_OFFSET) != computedCrc()) {
      throw Refused.badRequest("Data blob has wrong CRC checksum.");
    }
  }

  /** What arrives as a chunk gets the CRC from the server. */
  void updateCrc() {
    littleEndian().putInt(CRC_OFFSET, computedCrc());
  }

  private ByteBuffer littleEndian() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private int computedCrc() {
    int header = isEncrypted() ? ENCRYPTED_HEADER : PLAIN_HEADER;
    CRC32 crc = new CRC32();
    crc.update(bytes, header, bytes.length - header);
    return (int) crc.getValue();
  }

  /** The plain bytes of an unencrypted blob whose CRC is right. */
  byte[] decode(int maxLength) throws Refused {
    try {
      return Blob.decode(bytes, maxLength);
    } catch (UnsupportedDataException e) {
      throw Refused.badRequest("unable to decrypt blob - missing CryptConfig");
    } catch (CorruptDataException e) {
      throw Refused.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /** Digest first, then length: the order decides which text a client gets. */
  void verifyChunk(long size, Digest digest) throws Refused {
    if (isEncrypted()) {
      return;
    }
    byte[] plain = decode(Blob.MAX_CHUNK);
    if (!Digest.sha256(plain).equals(digest)) {
      throw Refused.badRequest("detected chunk with wrong digest.");
    }
    if (plain.length != size) {
      throw Refused.badRequest(
          "detected chunk with wrong length (" + size + " != " + plain.length + ")");
    }
  }

  /** Whether a stored file with this beginning is an unencrypted blob. */
  static boolean isPlainMagic(long magic) {
    return magic == PLAIN || magic == ZSTD;
  }

  /** Whether a stored file with this beginning is encrypted without compression. */
  static boolean isEncryptedUncompressedMagic(long magic) {
    return magic == ENCRYPTED;
  }
}
