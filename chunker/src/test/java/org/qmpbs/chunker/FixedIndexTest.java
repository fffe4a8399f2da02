package org.qmpbs.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class FixedIndexTest {
  private static final int SIZE = 64;
  private static final int CHUNK_SIZE = 72;
  private static final int RESERVED = 80;

  @ParameterizedTest
  @FieldSource("org.qmpbs.chunker.GoldenData#PLAIN_SNAPSHOTS")
  void theWriterReproducesTheGoldenIndexFromItsImage(String snapshot) throws IOException {
    byte[] image = GoldenData.imageOf(snapshot);
    FixedIndex golden = FixedIndex.parse(GoldenData.index(snapshot));

    FixedIndexBuilder builder = new FixedIndexBuilder(image.length);
    for (int i = builder.chunkCount() - 1; i >= 0; i--) {
      int start = (int) Chunks.start(i);
      builder.set(i, ChunkDigester.plain().digest(image, start, Chunks.length(image.length, i)));
    }

    // uuid and ctime are the writer's choice; everything else is not.
    assertThat(builder.build(golden.uuid(), golden.ctime()).toBytes())
        .isEqualTo(GoldenData.index(snapshot));
    assertThat(builder.checksum()).isEqualTo(golden.checksum());
  }

  @ParameterizedTest
  @FieldSource("org.qmpbs.chunker.GoldenData#ENCRYPTED_SNAPSHOTS")
  void anIndexOfEncryptedChunksIsAnIndexLikeAnyOther(String snapshot) throws IOException {
    FixedIndex index = FixedIndex.parse(GoldenData.index(snapshot));

    assertThat(index.size()).isEqualTo(8_913_408);
    assertThat(index.chunkCount()).isEqualTo(3);
    assertThat(index.toBytes()).isEqualTo(GoldenData.index(snapshot));
  }

  @Test
  void theFieldsOfTheGoldenIndexAreRead() throws IOException {
    FixedIndex index = FixedIndex.parse(GoldenData.index("plain-1"));

    assertThat(index.uuid()).isEqualTo(UUID.fromString("ffaf359c-015e-44f6-91d3-2c10139cb12a"));
    assertThat(index.ctime()).isEqualTo(0x6b015b51L);
    assertThat(index.checksum().hex()).startsWith("7e7a243fd5ac576f");
    assertThat(index.digest(1).hex()).isEqualTo(GoldenData.PLAIN_CHUNKS.get(3));
  }

  @Test
  void aFlippedBitInAnyByteThatMeansSomethingIsNoticed() throws IOException {
    byte[] file = GoldenData.index("plain-1");
    FixedIndex intact = FixedIndex.parse(file.clone());

    for (int i = 0; i < file.length; i++) {
      file[i] ^= 1;
      if (i >= 8 && i < 32) {
        // uuid and ctime: any value is valid, and nothing is derived from them.
        FixedIndex other = FixedIndex.parse(file);
        assertThat(other.checksum()).isEqualTo(intact.checksum());
        assertThat(other.uuid().equals(intact.uuid()) && other.ctime() == intact.ctime()).isFalse();
      } else if (i >= SIZE && i < SIZE + 3) {
        // Sizes of as many chunks: the caller compares them with the manifest.
        assertThat(sizeOrMinusOne(file)).isNotEqualTo(intact.size());
      } else if (i >= RESERVED && i < FixedIndex.HEADER_SIZE) {
        assertThatThrownBy(() -> FixedIndex.parse(file))
            .isInstanceOf(UnsupportedDataException.class)
            .hasMessageContaining("byte " + i);
      } else {
        assertThatThrownBy(() -> FixedIndex.parse(file))
            .as("byte %d", i)
            .isInstanceOf(CorruptDataException.class);
      }
      file[i] ^= 1;
    }
  }

  @Test
  void anIndexOfAnotherLengthIsRefused() {
    byte[] file = GoldenData.index("plain-1");

    for (int length = 0; length < file.length + 64; length++) {
      byte[] other = Arrays.copyOf(file, length);
      if (length != file.length) {
        assertThatThrownBy(() -> FixedIndex.parse(other)).isInstanceOf(CorruptDataException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, FixedIndex.MAX_SIZE + 1, 1L << 62})
  void aSizeThatNoImageHasIsRefusedAtItsPlace(long size) {
    byte[] file = header(size, Chunks.SIZE);

    assertThatThrownBy(() -> FixedIndex.parse(file))
        .isInstanceOfSatisfying(
            CorruptDataException.class,
            e -> {
              assertThat(e.offset()).isEqualTo(SIZE);
              assertThat(e).hasMessageContaining("found " + Long.toUnsignedString(size));
            });
  }

  @Test
  void theLargestSizeIsRefusedForItsMissingDigestsOnly() {
    assertThatThrownBy(() -> FixedIndex.parse(header(FixedIndex.MAX_SIZE, Chunks.SIZE)))
        .isInstanceOfSatisfying(
            CorruptDataException.class, e -> assertThat(e.offset()).isEqualTo(4096));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, 3, (4 << 20) + 1})
  void aChunkSizeThatIsNoPowerOfTwoIsCorrupt(long chunkSize) {
    assertThatThrownBy(() -> FixedIndex.parse(header(1, chunkSize)))
        .isInstanceOfSatisfying(
            CorruptDataException.class, e -> assertThat(e.offset()).isEqualTo(CHUNK_SIZE));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4096, 2 << 20, 8 << 20, 1L << 62})
  void anotherPowerOfTwoIsUnsupported(long chunkSize) {
    assertThatThrownBy(() -> FixedIndex.parse(header(1, chunkSize)))
        .isInstanceOf(UnsupportedDataException.class)
        .hasMessageContaining(String.valueOf(chunkSize));
  }

  @Test
  void aDynamicIndexIsRefusedByItsMagic() {
    byte[] file = header(1, Chunks.SIZE);
    byte[] dynamic = {28, (byte) 145, 78, (byte) 165, 25, (byte) 186, (byte) 179, (byte) 205};
    System.arraycopy(dynamic, 0, file, 0, dynamic.length);

    assertThatThrownBy(() -> FixedIndex.parse(file))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("found 1c914ea519bab3cd");
  }

  @Test
  void aPositionBeyondTheLastChunkIsAnErrorAndNotZeros() throws IOException {
    FixedIndex index = FixedIndex.parse(GoldenData.index("plain-1"));

    assertThatThrownBy(() -> index.digest(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> index.digest(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** A header with the golden magic and nothing wrong but these two values. */
  private static byte[] header(long size, long chunkSize) {
    byte[] file = Arrays.copyOf(GoldenData.index("plain-1"), FixedIndex.HEADER_SIZE);
    ByteBuffer.wrap(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(SIZE, size)
        .putLong(CHUNK_SIZE, chunkSize);
    return file;
  }

  private static long sizeOrMinusOne(byte[] file) throws IOException {
    try {
      return FixedIndex.parse(file).size();
    } catch (CorruptDataException e) {
      return -1;
    }
  }
}
