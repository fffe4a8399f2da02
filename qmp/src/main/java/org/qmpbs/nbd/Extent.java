package org.qmpbs.nbd;

/**
 * A range of an export and what a metadata context says of it.
 *
 * @param offset first byte
 * @param length in bytes, at least 1
 * @param flags for {@code base:allocation} {@link #HOLE} and {@link #ZERO}; for {@code
 *     qemu:dirty-bitmap:} {@link #DIRTY}
 */
public record Extent(long offset, long length, int flags) {
  /** NBD_STATE_HOLE: not allocated. */
  public static final int HOLE = 1;

  /** NBD_STATE_ZERO: reads as zeros. */
  public static final int ZERO = 2;

  /** Bit 0 of a {@code qemu:dirty-bitmap:} context: written since the bitmap was made. */
  public static final int DIRTY = 1;

  /** The byte after the range. */
  public long end() {
    return offset + length;
  }

  /** Whether any bit of {@code mask} is set. */
  public boolean has(int mask) {
    return (flags & mask) != 0;
  }
}
