package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;

/** All that we read of the bitmaps of an image. */
final class Fingerprint {
  private Fingerprint() {}

  /** The list and all ranges, as text. */
  static String of(Path image) throws IOException {
    try (BitmapImage opened = BitmapImage.openForReading(image, false)) {
      StringBuilder text = new StringBuilder();
      for (StoredBitmap bitmap : opened.list()) {
        text.append(bitmap).append('\n');
        if (!bitmap.inconsistent()) {
          opened.forEachDirty(
              bitmap.name(), (offset, length) -> text.append(offset + "+" + length + " "));
        }
      }
      return text.toString();
    }
  }

  /** The hash of each bitmap as QEMU computes it: over 64-bit words, little endian. */
  static List<String> hashes(Path image) throws IOException {
    List<String> hashes = new ArrayList<>();
    try (BitmapImage opened = BitmapImage.openForReading(image, false)) {
      long size = opened.header().virtualSize();
      for (StoredBitmap bitmap : opened.list()) {
        if (!bitmap.inconsistent()) {
          BitSet bits = new BitSet();
          opened.forEachDirty(
              bitmap.name(),
              (offset, length) ->
                  bits.set(
                      (int) (offset / bitmap.granularity()),
                      (int) ((offset + length - 1) / bitmap.granularity()) + 1));
          long words = ((size - 1) / bitmap.granularity() + 1 + 63) / 64;
          hashes.add(sha256(Arrays.copyOf(bits.toByteArray(), (int) words * Long.BYTES)));
        }
      }
    }
    return hashes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
