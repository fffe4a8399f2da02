package org.qmpbs.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames that are valid for the library, or nearly, and not for a store of backups. */
class HostileZstdTest {
  private static final byte[] TEXT =
      "a backup is only as good as its restore "
          .repeat(50)
          .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  private static final byte[] FRAME = Zstd.compress(TEXT);

  @Test
  void oneFrameDecodes() throws IOException {
    assertThat(decode(TEXT.length, FRAME)).isEqualTo(TEXT);
  }

  @Test
  void aFrameWithoutContentSizeDecodes() throws IOException {
    byte[] frame = withoutContentSize(TEXT);

    assertThat(Zstd.getFrameContentSize(frame)).isNegative();
    assertThat(decode(TEXT.length, frame)).isEqualTo(TEXT);
    assertThat(decode(TEXT.length + 1, frame)).isEqualTo(TEXT);
  }

  @Test
  void aFrameWithoutContentSizeOverTheLimitIsRefused() {
    assertCorrupt(TEXT.length - 1, withoutContentSize(TEXT));
  }

  @Test
  void aFrameThatAnnouncesMoreThanTheLimitIsRefused() {
    assertThatThrownBy(() -> decode(TEXT.length - 1, FRAME))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("the frame announces " + TEXT.length);
  }

  @Test
  void anEmptyFrameIsNothing() throws IOException {
    assertThat(decode(100, Zstd.compress(new byte[0]))).isEmpty();
    assertThat(decode(100, withoutContentSize(new byte[0]))).isEmpty();
  }

  @Test
  void twoFramesAreRefusedAtTheSecondOne() {
    assertThatThrownBy(() -> decode(Blob.MAX_CHUNK, FRAME, FRAME))
        .isInstanceOfSatisfying(
            CorruptDataException.class,
            e -> assertThat(e.offset()).isEqualTo(Blob.HEADER_SIZE + FRAME.length));
  }

  @Test
  void anEmptyFrameAfterTheFrameIsRefused() {
    assertCorrupt(Blob.MAX_CHUNK, FRAME, Zstd.compress(new byte[0]));
    assertCorrupt(Blob.MAX_CHUNK, Zstd.compress(new byte[0]), FRAME);
  }

  @Test
  void bytesAfterTheFrameAreRefused() {
    assertCorrupt(Blob.MAX_CHUNK, FRAME, new byte[] {0});
    assertCorrupt(Blob.MAX_CHUNK, withoutContentSize(TEXT), new byte[] {0});
  }

  @Test
  void aSkippableFrameIsRefusedWhereverItStands() {
    byte[] skippable = HexFormat.of().parseHex("502a4d1804000000deadbeef");

    assertThatThrownBy(() -> decode(100, skippable))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("expected zstd magic fd2fb528, found 184d2a50");
    assertCorrupt(Blob.MAX_CHUNK, skippable, FRAME);
    assertCorrupt(Blob.MAX_CHUNK, FRAME, skippable);
  }

  @Test
  void aFrameThatIsCutShortIsRefused() {
    for (int length = 0; length < FRAME.length; length++) {
      assertCorrupt(Blob.MAX_CHUNK, Arrays.copyOf(FRAME, length));
    }
  }

  @Test
  void anAnnouncedSizeThatIsNotTheTrueOneIsRefused() {
    byte[] frame = Zstd.compress(new byte[1000]);
    int sizeField = 5;
    ByteBuffer header = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    // Two-byte field, single segment: the value is 256 less than the size (RFC 8878, 3.1.1.1.4).
    assertThat(header.getShort(sizeField)).isEqualTo((short) (1000 - 256));

    header.putShort(sizeField, (short) (1001 - 256));
    assertCorrupt(Blob.MAX_CHUNK, frame);
    header.putShort(sizeField, (short) (999 - 256));
    assertCorrupt(Blob.MAX_CHUNK, frame);
  }

  @Test
  void aFewBytesCannotAskForMuchMemory() {
    // Single segment, eight-byte content size of 16 MiB, one raw block without content.
    byte[] frame = HexFormat.of().parseHex("28b52ffd" + "e0" + "0000000100000000" + "010000");

    assertThat(Zstd.getFrameContentSize(frame)).isEqualTo(Blob.MAX_CHUNK);
    assertThatThrownBy(() -> decode(Blob.MAX_CHUNK, frame))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("expected at most 524288 bytes");
  }

  @Test
  void theBestThatTheFormatCanExpressStillDecodes() throws IOException {
    byte[] zeros = new byte[Blob.MAX_CHUNK];

    assertThat(decode(zeros.length, Zstd.compress(zeros, 19))).isEqualTo(zeros);
    assertThat(decode(zeros.length, withoutContentSize(zeros))).isEqualTo(zeros);
    // 128 blocks of 128 KiB, each four bytes: no encoder can do better.
    ByteBuffer frame = ByteBuffer.allocate(6 + 4 * 128).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(0xFD2FB528).put((byte) 0).put((byte) (7 << 3));
    for (int i = 0; i < 128; i++) {
      int header = (128 << 10) << 3 | 1 << 1 | (i == 127 ? 1 : 0);
      frame.put((byte) header).put((byte) (header >> 8)).put((byte) (header >> 16)).put((byte) 9);
    }
    assertThat(decode(zeros.length, frame.array())).hasSize(16 << 20).containsOnly(9);
  }

  @Test
  void noiseIsRefused() {
    Random random = new Random(5);
    for (int i = 0; i < 2000; i++) {
      byte[] frame = FRAME.clone();
      frame[4 + random.nextInt(frame.length - 4)] = (byte) random.nextInt();
      frame[4 + random.nextInt(frame.length - 4)] = (byte) random.nextInt();
      try {
        // A damaged frame may still be a frame; never may it give more than was allowed.
        assertThat(decode(TEXT.length + 7, frame)).hasSizeLessThanOrEqualTo(TEXT.length + 7);
      } catch (IOException e) {
        assertThat(e).isInstanceOf(CorruptDataException.class);
      }
    }
  }

  private static byte[] withoutContentSize(byte[] plain) {
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      return context.setContentSize(false).compress(plain);
    }
  }

  private static byte[] decode(int maxLength, byte[]... parts) throws IOException {
    return Blob.decode(Blobs.of(BlobKind.ZSTD, parts), maxLength);
  }

  private static void assertCorrupt(int maxLength, byte[]... parts) {
    assertThatThrownBy(() -> decode(maxLength, parts)).isInstanceOf(CorruptDataException.class);
  }
}
