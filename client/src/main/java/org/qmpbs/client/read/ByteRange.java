package org.qmpbs.client.read;

/**
 * Some bytes of an image.
 *
 * @param offset of the first, from 0
 * @param length how many, at least 1
 */
public record ByteRange(long offset, long length) {
  /** The byte behind the last one. */
  public long end() {
    return offset + length;
  }
}
