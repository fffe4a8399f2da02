package org.qmpbs.chunker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class RoundTripTest {
  @Property
  void whatIsEncodedDecodes(@ForAll byte[] plain) throws IOException {
    assertThat(Blob.decode(Blob.encode(plain, 0, plain.length), plain.length)).isEqualTo(plain);
  }

  @Property(tries = 200)
  void whatIsEncodedDecodesWhateverItsLengthAndEntropy(
      @ForAll @IntRange(max = 1 << 20) int length,
      @ForAll @IntRange(min = 1, max = 256) int alphabet,
      @ForAll long seed)
      throws IOException {
    byte[] plain = new byte[length];
    Random random = new Random(seed);
    for (int i = 0; i < length; i++) {
      plain[i] = (byte) random.nextInt(alphabet);
    }

    byte[] blob = Blob.encode(plain, 0, length);

    assertThat(blob.length).isLessThanOrEqualTo(Blob.HEADER_SIZE + length);
    assertThat(Blob.decode(blob, length)).isEqualTo(plain);
  }

  @Property
  void anyOtherByteInABlobIsNoticed(
      @ForAll @Size(min = 1, max = 300) byte[] plain,
      @ForAll @IntRange(min = 0, max = 1 << 20) int where,
      @ForAll @IntRange(min = 1, max = 255) int difference)
      throws IOException {
    byte[] blob = Blob.encode(plain, 0, plain.length);
    blob[where % blob.length] ^= (byte) difference;

    try {
      Blob.decode(blob, Blob.MAX_CHUNK);
      throw new AssertionError("byte " + where % blob.length + " was not noticed");
    } catch (CorruptDataException expected) {
      assertThat(expected.what()).isEqualTo("blob");
    }
  }

  @Property(tries = 300)
  void anIndexReadsAsItWasWrittenInWhateverOrderItWasFilled(
      @ForAll @LongRange(min = 1, max = 2000L * Chunks.SIZE) long size,
      @ForAll long most,
      @ForAll long least,
      @ForAll long ctime,
      @ForAll long seed)
      throws IOException {
    FixedIndexBuilder builder = new FixedIndexBuilder(size);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < Chunks.count(size); i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(seed));
    for (int i : order) {
      builder.set(i, digestOf(i));
    }

    FixedIndex index = FixedIndex.parse(builder.build(new UUID(most, least), ctime).toBytes());

    assertThat(index.uuid()).isEqualTo(new UUID(most, least));
    assertThat(index.ctime()).isEqualTo(ctime);
    assertThat(index.size()).isEqualTo(size);
    assertThat(index.chunkCount()).isEqualTo(order.size());
    assertThat(index.checksum()).isEqualTo(builder.checksum());
    for (int i : order) {
      assertThat(index.digest(i)).isEqualTo(digestOf(i));
    }
  }

  private static Digest digestOf(int i) {
    return Digest.sha256(new byte[] {(byte) i, (byte) (i >> 8)});
  }
}
