package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code bin/lib/guest-writer.pl} writes: the same numbers, places and bytes. A disk has rows
 * of 512 KiB, a row eight slots; record n lies in slot 37 n modulo their number, so an image
 * describes itself: the highest number in it says what every other byte has to be, and a record of
 * another time, a torn or a misplaced one cannot hide.
 */
final class GuestRecords {
  private static final int KIB = 1 << 10;
  private static final int ROW = 512 * KIB;
  private static final int STEP = 37;
  private static final int[] OFFSETS = {0, 12, 20, 40, 68, 136, 148, 196};
  private static final int[] LENGTHS = {4, 4, 16, 4, 64, 4, 16, 256};
  private static final int HEAD = 64;
  private static final Pattern NUMBER = Pattern.compile("record (\\d+) disk \\d+ slot \\d+ sum .*");
  private static final byte[] BASE = base();

  private final int rows;

  /** Records of disks with so many rows, a power of two, so that every slot gets its turn. */
  GuestRecords(int rows) {
    if (Integer.bitCount(rows) != 1) {
      throw new IllegalArgumentException(rows + " is no power of two");
    }
    this.rows = rows;
  }

  int rows() {
    return rows;
  }

  int slots() {
    return rows * OFFSETS.length;
  }

  long diskSize() {
    return (long) rows * ROW;
  }

  private static byte[] base() {
    int words = 16 * KIB;
    ByteBuffer base = ByteBuffer.allocate(4 * words * Integer.BYTES);
    for (int part = 0; part < 4; part++) {
      int word = 1;
      for (int i = 0; i < words; i++) {
        word = word * 1664525 + 1013904223;
        base.putInt(word ^ (part * 0x01010101));
      }
    }
    return base.array();
  }

  /** All bytes of record {@code number}. */
  private static byte[] record(long number, int disk, int slot) {
    byte[] record = new byte[LENGTHS[slot % LENGTHS.length] * KIB];
    byte[] key =
        ByteBuffer.allocate(8).putInt((int) number).putInt((int) (number * 7919 + disk)).array();
    int turn = (int) (number * 4096 % BASE.length);
    for (int i = 0; i < record.length; i++) {
      record[i] = (byte) (BASE[(turn + i) % BASE.length] ^ key[i % key.length]);
    }
    ByteBuffer body = ByteBuffer.wrap(record, HEAD, record.length - HEAD);
    int sum = 0;
    while (body.hasRemaining()) {
      sum += body.getInt();
    }
    String head =
        String.format(Locale.ROOT, "record %d disk %d slot %d sum %08x", number, disk, slot, sum);
    byte[] line = String.format("%-63s\n", head).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(line, 0, record, 0, HEAD);
    return record;
  }

  /**
   * The last number in an image of disk {@code disk}, of which every byte has to fit it.
   *
   * @param rawImage of a time when every slot had been written
   */
  long lastNumberIn(Path rawImage, int disk) throws IOException {
    try (FileChannel channel = FileChannel.open(rawImage)) {
      assertThat(channel.size()).isEqualTo(diskSize());
      long last = 0;
      for (int slot = 0; slot < slots(); slot++) {
        last = Math.max(last, numberAt(channel, slot));
      }
      assertThat(last).as("last number in %s", rawImage).isGreaterThanOrEqualTo(slots());
      byte[][] expected = new byte[slots()][];
      for (long number = last - slots() + 1; number <= last; number++) {
        int slot = (int) (number * STEP % slots());
        expected[slot] = record(number, disk, slot);
      }
      for (int row = 0; row < rows; row++) {
        compareRow(channel, row, expected, rawImage);
      }
      return last;
    }
  }

  private static long place(int slot) {
    return (long) (slot / OFFSETS.length) * ROW + (long) OFFSETS[slot % OFFSETS.length] * KIB;
  }

  private static long numberAt(FileChannel channel, int slot) throws IOException {
    byte[] head = read(channel, place(slot), HEAD);
    Matcher matcher = NUMBER.matcher(new String(head, StandardCharsets.US_ASCII).strip());
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
  }

  private static void compareRow(FileChannel channel, int row, byte[][] records, Path image)
      throws IOException {
    byte[] expected = new byte[ROW];
    for (int i = 0; i < OFFSETS.length; i++) {
      byte[] record = records[row * OFFSETS.length + i];
      System.arraycopy(record, 0, expected, OFFSETS[i] * KIB, record.length);
    }
    int difference = Arrays.mismatch(expected, read(channel, (long) row * ROW, ROW));
    assertThat(difference).as("first difference in row %s of %s", row, image).isEqualTo(-1);
  }

  private static byte[] read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new IOException("image ends at " + (offset + buffer.position()));
      }
    }
    return buffer.array();
  }
}
