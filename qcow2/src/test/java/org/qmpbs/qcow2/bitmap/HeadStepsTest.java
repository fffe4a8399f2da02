package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import org.qmpbs.qcow2.HeaderExtension;
import org.qmpbs.qcow2.Qcow2Header;

/**
 * Between any two lists of extensions the header goes through states that QEMU opens, also where a
 * step is torn: foreign extensions and the name of the backing file are there in each, and the
 * bitmaps are the old ones, the new ones, or out of date.
 */
class HeadStepsTest {
  private static final BitmapsExtension OLD = new BitmapsExtension(2, 0, 64, 0x50000);
  private static final BitmapsExtension NEW =
      new BitmapsExtension(0x3010203, 0, 0x11121314, 0x60000);

  private enum Start {
    NONE,
    CURRENT,
    STALE
  }

  @Property(tries = 1500)
  void everyStateOnTheWayOpensAlsoWhenTorn(
      @ForAll long seed, @ForAll @IntRange(min = 9, max = 13) int clusterBits) throws IOException {
    Random random = new Random(seed);
    Start start = Start.values()[random.nextInt(3)];
    byte[] head = randomHead(random, 1 << clusterBits, start);
    boolean remove = start == Start.CURRENT && random.nextBoolean();
    Optional<BitmapsExtension> wanted = remove ? Optional.empty() : Optional.of(NEW);

    Optional<List<byte[]>> states = new HeadSteps(head, area(head)).to(wanted);

    Statistics.label("steps").collect(states.map(List::size).orElse(-1));
    if (states.isEmpty()) {
      assertThat(start).isEqualTo(Start.NONE);
      return;
    }
    Seen before = Seen.in(head);
    byte[] from = head;
    for (byte[] to : states.get()) {
      for (int i = 0; i < 6; i++) {
        Seen seen = Seen.in(i == 0 ? to : torn(from, to, random));
        assertThat(seen.foreign()).isEqualTo(before.foreign());
        assertThat(seen.name()).isEqualTo(before.name());
        assertThat(seen.current()).isIn(before.current(), wanted, Optional.empty());
      }
      from = to;
    }
    assertThat(Seen.in(from).current()).isEqualTo(wanted);
    assertThat(rest(from)).as("other fields").isEqualTo(rest(head));
  }

  /** What a reader of the header takes from it. */
  private record Seen(Optional<BitmapsExtension> current, List<String> foreign, String name) {
    static Seen in(byte[] head) throws IOException {
      ByteBuffer fields = ByteBuffer.wrap(head);
      ExtensionArea area = area(head);
      assertThat(area.findings()).isEmpty();
      List<String> foreign = new ArrayList<>();
      for (ExtensionArea.Slot slot : area.slots()) {
        if (!slot.isBitmaps() && slot.type() != ExtensionRewrite.UNUSED) {
          foreign.add(
              slot.type()
                  + Arrays.toString(
                      Arrays.copyOfRange(
                          head, slot.dataAt(), slot.dataAt() + (int) slot.length())));
        }
      }
      boolean current = (fields.getLong(88) & 1) != 0;
      Optional<BitmapsExtension> bitmaps =
          area.bitmaps()
              .filter(slot -> current)
              .map(slot -> BitmapsExtension.decode(head, slot.dataAt()));
      int name = (int) fields.getLong(8);
      return new Seen(
          bitmaps,
          foreign,
          new String(head, name, name == 0 ? 0 : fields.getInt(16), StandardCharsets.US_ASCII));
    }
  }

  private static byte[] torn(byte[] from, byte[] to, Random random) {
    byte[] torn = from.clone();
    for (int at = 0; at < to.length; at += 512) {
      if (random.nextBoolean()) {
        System.arraycopy(to, at, torn, at, 512);
      }
    }
    return torn;
  }

  /** The fields of the header, without those that the way is allowed to change. */
  private static byte[] rest(byte[] head) {
    byte[] fields = Arrays.copyOf(head, 112);
    Arrays.fill(fields, 8, 16, (byte) 0);
    fields[95] &= ~1;
    return fields;
  }

  private static ExtensionArea area(byte[] head) throws IOException {
    return ExtensionArea.of(Qcow2Header.parseFields(head), head);
  }

  private static byte[] randomHead(Random random, int size, Start start) {
    byte[] bytes = new byte[size];
    ByteBuffer head = ByteBuffer.wrap(bytes);
    head.putInt(0, 0x514649fb).putInt(4, 3).putInt(20, Integer.numberOfTrailingZeros(size));
    head.putLong(24, 1 << 20).putInt(36, 1 << 14).putLong(40, 8L * size);
    head.putLong(48, size).putInt(56, 1).putInt(96, 4).putInt(100, 112);
    head.putLong(88, (start == Start.CURRENT ? 1 : 0) | 2);
    head.position(112);
    int place = random.nextInt(3);
    for (int i = 0; i < 3; i++) {
      if (i == place && start != Start.NONE) {
        head.putInt(HeaderExtension.BITMAPS).putInt(24).put(OLD.encode());
      } else if (random.nextBoolean()) {
        putForeign(head, random, i, (3 - i) * 48);
      }
    }
    int end = head.position();
    int length = 1 + random.nextInt(60);
    if (random.nextBoolean() && end + 8 + length <= size) {
      // QEMU puts the name right behind the end mark; others may leave room.
      int at =
          random.nextBoolean() ? end + 8 : Math.min(size - length, end + 8 + random.nextInt(90));
      head.putLong(8, at).putInt(16, length);
      for (int i = 0; i < length; i++) {
        head.put(at + i, (byte) ('a' + i % 26));
      }
    }
    return bytes;
  }

  private static void putForeign(ByteBuffer head, Random random, int number, int keep) {
    int room = head.remaining() - keep - 16;
    if (room > 0) {
      byte[] data = new byte[random.nextInt(Math.min(room, 1200))];
      random.nextBytes(data);
      head.putInt(0x11110000 + number).putInt(data.length).put(data);
      head.position(head.position() + 7 & ~7);
    }
  }
}
