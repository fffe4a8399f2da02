package org.qmpbs.chunker;

import java.util.zip.CRC32;

/** Blobs with any content and a correct envelope, as an attacker would make them. */
final class Blobs {
  private Blobs() {}

  static byte[] of(BlobKind kind, byte[]... parts) {
    int length = Blob.HEADER_SIZE;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] blob = new byte[length];
    int end = Blob.HEADER_SIZE;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, blob, end, part.length);
      end += part.length;
    }
    kind.writeMagic(blob);
    return repair(blob);
  }

  /** Makes the CRC right, whatever was done to the rest. */
  static byte[] repair(byte[] blob) {
    int start = BlobKind.of(blob).map(BlobKind::headerSize).orElse(Blob.HEADER_SIZE);
    if (blob.length < start) {
      return blob;
    }
    CRC32 crc = new CRC32();
    crc.update(blob, start, blob.length - start);
    for (int i = 0; i < 4; i++) {
      blob[8 + i] = (byte) (crc.getValue() >>> (8 * i));
    }
    return blob;
  }
}
