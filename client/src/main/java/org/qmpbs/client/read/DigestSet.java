package org.qmpbs.client.read;

import java.util.Arrays;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndex;

/**
 * A set of digests in one array, 32 bytes each at a load of at most one half: a terabyte of
 * distinct chunks is 16 to 32 MiB here, a fifth of what a {@code HashSet} needs. Digests are
 * uniformly distributed, so their own bits are the hash, and linear probing ends soon. The all-zero
 * digest marks a free slot; as a SHA-256 value nobody will ever meet it, and it is refused.
 *
 * <p>Not thread-safe.
 */
public final class DigestSet {
  private static final int FIRST_SLOTS = 1024;

  private byte[] slots = new byte[FIRST_SLOTS * Digest.BYTES];
  private int size;

  /** Adds a digest; returns whether it was new. */
  public boolean add(Digest digest) {
    if (2 * (size + 1) > slotCount()) {
      grow();
    }
    byte[] bytes = digest.toBytes();
    if (isFree(bytes, 0)) {
      throw new IllegalArgumentException("the all-zero digest is no chunk's");
    }
    return insert(bytes, 0);
  }

  /** Adds every digest of an index. */
  public void addAll(FixedIndex index) {
    for (int i = 0; i < index.chunkCount(); i++) {
      add(index.digest(i));
    }
  }

  /** Whether it is there. */
  public boolean contains(Digest digest) {
    byte[] bytes = digest.toBytes();
    int slot = firstSlot(bytes, 0);
    while (!isFree(slots, slot * Digest.BYTES)) {
      if (matches(slot, bytes, 0)) {
        return true;
      }
      slot = next(slot);
    }
    return false;
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  private boolean insert(byte[] from, int offset) {
    int slot = firstSlot(from, offset);
    while (!isFree(slots, slot * Digest.BYTES)) {
      if (matches(slot, from, offset)) {
        return false;
      }
      slot = next(slot);
    }
    System.arraycopy(from, offset, slots, slot * Digest.BYTES, Digest.BYTES);
    size++;
    return true;
  }

  private void grow() {
    byte[] old = slots;
    slots = new byte[Math.multiplyExact(old.length, 2)];
    size = 0;
    for (int offset = 0; offset < old.length; offset += Digest.BYTES) {
      if (!isFree(old, offset)) {
        insert(old, offset);
      }
    }
  }

  private int slotCount() {
    return slots.length / Digest.BYTES;
  }

  private int next(int slot) {
    return (slot + 1) & (slotCount() - 1);
  }

  private int firstSlot(byte[] bytes, int offset) {
    int bits =
        (bytes[offset] & 0xff) << 24
            | (bytes[offset + 1] & 0xff) << 16
            | (bytes[offset + 2] & 0xff) << 8
            | (bytes[offset + 3] & 0xff);
    return bits & (slotCount() - 1);
  }

  private boolean matches(int slot, byte[] bytes, int offset) {
    int at = slot * Digest.BYTES;
    return Arrays.equals(slots, at, at + Digest.BYTES, bytes, offset, offset + Digest.BYTES);
  }

  private static boolean isFree(byte[] bytes, int offset) {
    for (int i = offset; i < offset + Digest.BYTES; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
