package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What a power failure may leave of recorded writes: all up to some flush, and of those after it
 * any, each in whole or in part, in sectors of 512 bytes.
 */
final class CrashStates {
  private static final int SECTOR = 512;

  /** Of a long write so many places to tear it are tried. */
  private static final int TEARS = 4;

  private final List<MemoryImage.Write> writes;
  private final int subsets;
  private final Random random;

  CrashStates(List<MemoryImage.Write> writes, int subsets, int seed) {
    this.writes = writes;
    this.subsets = subsets;
    this.random = new Random(seed);
  }

  /** Bytes that have reached the disk. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Piece(long offset, byte[] bytes) {}

  interface Visitor {
    void visit(String label, List<Piece> pieces) throws IOException;
  }

  static List<Piece> all(List<MemoryImage.Write> writes) {
    return writes.stream().map(write -> new Piece(write.offset(), write.bytes())).toList();
  }

  void forEach(Visitor visitor) throws IOException {
    for (int count = 0; count < writes.size(); count++) {
      List<Piece> before = all(writes.subList(0, count));
      MemoryImage.Write last = writes.get(count);
      if (last.epoch() == 0 && random.nextInt(8) > 0) {
        // Nobody can see these yet.
        continue;
      }
      visitor.visit("after write " + count, before);
      for (int length : tears(last.bytes().length)) {
        visitor.visit(
            "write " + count + " torn at " + length,
            with(before, new Piece(last.offset(), Arrays.copyOf(last.bytes(), length))));
      }
      for (int i = 0; i < subsets; i++) {
        visitor.visit("write " + count + ", some sectors", with(before, someSectors(last)));
        visitor.visit("some writes up to " + count, someWrites(count));
      }
    }
  }

  private List<Integer> tears(int length) {
    List<Integer> tears = new ArrayList<>();
    int sectors = (length - 1) / SECTOR;
    for (int i = 1; i <= Math.min(sectors, TEARS); i++) {
      tears.add(SECTOR * (sectors <= TEARS ? i : 1 + random.nextInt(sectors)));
    }
    return tears;
  }

  /** All that was flushed before a write, and a random part of what was not. */
  private List<Piece> someWrites(int count) {
    List<Piece> pieces = new ArrayList<>();
    int epoch = writes.get(count).epoch();
    for (MemoryImage.Write write : writes) {
      if (write.epoch() < epoch) {
        pieces.add(new Piece(write.offset(), write.bytes()));
      } else if (write.epoch() == epoch && random.nextBoolean()) {
        pieces.addAll(someSectors(write));
      }
    }
    return pieces;
  }

  private List<Piece> someSectors(MemoryImage.Write write) {
    List<Piece> pieces = new ArrayList<>();
    for (int at = 0; at < write.bytes().length; at += SECTOR) {
      if (random.nextBoolean()) {
        int end = Math.min(at + SECTOR, write.bytes().length);
        pieces.add(new Piece(write.offset() + at, Arrays.copyOfRange(write.bytes(), at, end)));
      }
    }
    return pieces;
  }

  private static List<Piece> with(List<Piece> before, Piece... more) {
    return with(before, List.of(more));
  }

  private static List<Piece> with(List<Piece> before, List<Piece> more) {
    List<Piece> pieces = new ArrayList<>(before);
    pieces.addAll(more);
    return pieces;
  }
}
