package org.qmpbs.qcow2.bitmap;

import java.util.Random;

/** Damages the bitmap structures of an image where they are sensitive, and anyhow. */
final class RandomDamage {
  private static final long[] VALUES = {
    0,
    1,
    2,
    3,
    4,
    8,
    9,
    16,
    24,
    31,
    32,
    33,
    64,
    255,
    512,
    1023,
    1024,
    0x7fff,
    0xffff,
    1 << 16,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    1L << 40,
    (1L << 56) - 512,
    1L << 56,
    1L << 62,
    -512,
    -1
  };

  private final Random random;

  RandomDamage(long seed) {
    random = new Random(seed);
  }

  /** One to three damages. */
  void to(Draft draft) {
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times; i++) {
      once(draft);
    }
  }

  private void once(Draft draft) {
    int bitmap = random.nextInt(draft.count());
    switch (random.nextInt(7)) {
      case 0 -> field(draft, draft.extension - 8 + random.nextInt(4) * 4, 4);
      case 1 -> field(draft, draft.extension + 8 + random.nextInt(2) * 8, 8);
      case 2 -> field(draft, draft.entry(bitmap) + 8 + random.nextInt(4) * 4, 4);
      case 3 -> field(draft, draft.entry(bitmap) + 16 + random.nextInt(8), 1);
      case 4 -> field(draft, draft.entry(bitmap), 8);
      case 5 -> field(draft, draft.table(bitmap) + 8 * random.nextInt(2), 8);
      default -> {
        int at = draft.directory + random.nextInt(draft.directoryBytes());
        draft.bytes.put(at, (byte) random.nextInt());
      }
    }
  }

  private void field(Draft draft, int at, int bytes) {
    long value = value(draft);
    switch (bytes) {
      case 8 -> draft.bytes.putLong(at, value);
      case 4 -> draft.bytes.putInt(at, (int) value);
      default -> draft.bytes.put(at, (byte) value);
    }
  }

  private long value(Draft draft) {
    int last = draft.image().length / draft.clusterSize() + 2;
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong();
      case 1 -> (long) random.nextInt(last) * draft.clusterSize();
      default -> VALUES[random.nextInt(VALUES.length)];
    };
  }
}
