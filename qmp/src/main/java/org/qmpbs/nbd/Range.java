package org.qmpbs.nbd;

/**
 * A range of an export.
 *
 * @param offset first byte
 * @param length in bytes
 */
record Range(long offset, long length) {
  /**
   * The smallest range of whole blocks of the server around a given one. An export whose size is
   * not a multiple of its own block size has a last block that ends at its end.
   */
  static Range aligned(long offset, long length, Export export) {
    long block = export.minimumBlock();
    long start = offset - offset % block;
    long past = (offset + length) % block;
    long end = past == 0 ? offset + length : offset + length - past + block;
    return new Range(start, Math.min(end < 0 ? Long.MAX_VALUE : end, export.size()) - start);
  }
}
