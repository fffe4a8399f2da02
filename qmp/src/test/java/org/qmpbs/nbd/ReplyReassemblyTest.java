package org.qmpbs.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** However a server cuts and orders its replies, every byte arrives once, or it is found out. */
class ReplyReassemblyTest {
  private static final byte UNTOUCHED = 0x55;

  /** A read, what the export holds there, and the messages of its reply in a legal order. */
  private static final class Read {
    final long offset;
    final byte[] content;
    final byte[] target;
    final ReadRequest request;
    final long cookie;
    final List<byte[]> pieces = new ArrayList<>();

    Read(RequestTable table, long offset, int length, Random random) throws Exception {
      this.offset = offset;
      content = new byte[length];
      target = new byte[length + 2];
      Arrays.fill(target, UNTOUCHED);
      request = new ReadRequest(offset, length, target, 1);
      table.awaitSlot();
      cookie = table.add(request);
      int at = 0;
      while (at < length) {
        int piece = 1 + random.nextInt(Math.min(length - at, 1 + random.nextInt(length)));
        pieces.add(random.nextInt(3) == 0 ? hole(at, piece) : data(at, piece, random));
        at += piece;
      }
      Collections.shuffle(pieces, random);
    }

    private byte[] hole(int at, int length) {
      return Wire.hole(cookie, false, offset + at, length);
    }

    private byte[] data(int at, int length, Random random) {
      for (int i = at; i < at + length; i++) {
        content[i] = (byte) random.nextInt();
      }
      return Wire.data(cookie, false, offset + at, Arrays.copyOfRange(content, at, at + length));
    }

    void assertArrived() {
      assertThat(request.future).isCompleted();
      assertThat(Arrays.copyOfRange(target, 1, target.length - 1)).isEqualTo(content);
      assertGuards();
    }

    void assertGuards() {
      assertThat(target[0]).isEqualTo(UNTOUCHED);
      assertThat(target[target.length - 1]).isEqualTo(UNTOUCHED);
    }
  }

  @Property(tries = 300)
  void anyCutAndAnyOrderOfSeveralRepliesGivesTheContent(
      @ForAll @IntRange(min = 1, max = 5) int reads,
      @ForAll @IntRange(min = 1, max = 3000) int length,
      @ForAll Random random)
      throws Exception {
    RequestTable table = new RequestTable(reads);
    List<Read> all = new ArrayList<>();
    List<Read> open = new ArrayList<>();
    for (int i = 0; i < reads; i++) {
      all.add(new Read(table, random.nextLong() >>> 2, length, random));
    }
    open.addAll(all);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    int messages = 0;
    while (!open.isEmpty()) {
      Read next = open.get(random.nextInt(open.size()));
      boolean end = next.pieces.isEmpty();
      stream.writeBytes(end ? Wire.none(next.cookie) : next.pieces.remove(0));
      if (end) {
        open.remove(next);
      }
      messages++;
    }
    ReplyReader reader = reader(stream.toByteArray(), table, random);
    for (int i = 0; i < messages; i++) {
      reader.next();
    }
    all.forEach(Read::assertArrived);
    assertThat(table.isEmpty()).isTrue();
  }

  @Property(tries = 200)
  void aLostPieceIsFoundOut(@ForAll @IntRange(min = 1, max = 500) int length, @ForAll Random random)
      throws Exception {
    RequestTable table = new RequestTable(1);
    Read read = new Read(table, 4096, length, random);
    read.pieces.remove(random.nextInt(read.pieces.size()));
    assertViolation(read, table, random, "every byte");
  }

  @Property(tries = 200)
  void aRepeatedPieceIsFoundOut(
      @ForAll @IntRange(min = 1, max = 500) int length, @ForAll Random random) throws Exception {
    RequestTable table = new RequestTable(1);
    Read read = new Read(table, 4096, length, random);
    byte[] piece = read.pieces.get(random.nextInt(read.pieces.size()));
    read.pieces.add(random.nextInt(read.pieces.size() + 1), piece);
    assertViolation(read, table, random, "again");
  }

  private static void assertViolation(Read read, RequestTable table, Random random, String what) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    read.pieces.forEach(stream::writeBytes);
    stream.writeBytes(Wire.none(read.cookie));
    ReplyReader reader = reader(stream.toByteArray(), table, random);
    assertThatThrownBy(
            () -> {
              while (true) {
                reader.next();
              }
            })
        .isInstanceOf(NbdProtocolException.class)
        .hasMessageContaining(what);
    assertThat(read.request.future).isNotDone();
    read.assertGuards();
  }

  @Property(tries = 300)
  void coverageAgreesWithAModelOfSingleBytes(
      @ForAll @IntRange(min = 1, max = 60) int length, @ForAll Random random) {
    Coverage coverage = new Coverage();
    boolean[] model = new boolean[length];
    for (int i = 0; i < 30; i++) {
      int from = random.nextInt(length);
      int to = from + 1 + random.nextInt(length - from);
      boolean overlaps = IntStream.range(from, to).anyMatch(at -> model[at]);
      assertThat(coverage.add(from, to))
          .isEqualTo(overlaps ? Coverage.Added.OVERLAPS : Coverage.Added.NEW);
      if (!overlaps) {
        Arrays.fill(model, from, to, true);
      }
      int gap = IntStream.range(0, length).filter(at -> !model[at]).findFirst().orElse(length);
      assertThat(coverage.firstGap(length)).isEqualTo(gap);
    }
  }

  @Example
  void aReplyInCountlessCrumbsIsRefusedBeforeItFillsTheMemory() {
    Coverage coverage = new Coverage();
    for (int i = 0; i < Coverage.MAX_PIECES; i++) {
      assertThat(coverage.add(2 * i, 2 * i + 1)).isEqualTo(Coverage.Added.NEW);
    }
    int next = 2 * Coverage.MAX_PIECES;
    assertThat(coverage.add(next, next + 1)).isEqualTo(Coverage.Added.TOO_MANY_PIECES);
  }

  @Property(tries = 300)
  void mergedExtentsSayOfEveryByteWhatTheServerSaid(
      @ForAll @IntRange(min = 1, max = 80) int size, @ForAll Random random) {
    int offset = random.nextInt(size);
    int end = offset + 1 + random.nextInt(size - offset);
    int[] model = new int[2 * size];
    List<Extent> extents = new ArrayList<>();
    ExtentMerger merger = new ExtentMerger(offset, end, 3, extents::add);
    while (merger.position() < end) {
      int from = (int) merger.position() - random.nextInt((int) merger.position() + 1);
      int at = from;
      List<Integer> pairs = new ArrayList<>();
      do {
        int length = 1 + random.nextInt(9);
        int flags = at < merger.position() ? 7 : random.nextInt(4);
        for (int i = at; i < Math.min(at + length, model.length); i++) {
          if (i >= merger.position()) {
            model[i] = flags & 3;
          }
        }
        pairs.addAll(List.of(length, flags | 8));
        at += length;
      } while (at <= merger.position() || random.nextBoolean());
      merger.take(from, pairs.stream().mapToInt(Integer::intValue).toArray());
    }
    merger.finish();
    long expected = offset;
    int before = -1;
    for (Extent extent : extents) {
      assertThat(extent.offset()).isEqualTo(expected);
      assertThat(extent.length()).isPositive();
      assertThat(extent.flags()).isNotEqualTo(before);
      for (long i = extent.offset(); i < extent.end(); i++) {
        assertThat(model[(int) i]).isEqualTo(extent.flags());
      }
      before = extent.flags();
      expected = extent.end();
    }
    assertThat(expected).isEqualTo(end);
  }

  /** Delivers the stream in bits of random size, as sockets do. */
  private static ReplyReader reader(byte[] stream, RequestTable table, Random random) {
    ByteBuffer left = ByteBuffer.wrap(stream);
    ReadableByteChannel channel =
        new ReadableByteChannel() {
          @Override
          public int read(ByteBuffer target) throws IOException {
            if (!left.hasRemaining()) {
              return -1;
            }
            int most = Math.min(left.remaining(), target.remaining());
            int count = random.nextInt(1 + Math.min(most, 700));
            target.put(left.slice(left.position(), count));
            left.position(left.position() + count);
            return count;
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {}
        };
    return new ReplyReader(new WireInput(channel), table);
  }
}
