package org.qmpbs.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlobTest {
  @Test
  void whatZstdCannotShrinkIsStoredAsItIs() throws IOException {
    byte[] noise = new byte[100_000];
    new Random(1).nextBytes(noise);

    byte[] blob = Blob.encode(noise, 0, noise.length);

    assertThat(Blob.verifyEnvelope(blob)).isEqualTo(BlobKind.PLAIN);
    assertThat(blob).hasSize(Blob.HEADER_SIZE + noise.length);
    assertThat(Blob.decode(blob, noise.length)).isEqualTo(noise);
  }

  @Test
  void whatZstdShrinksIsStoredCompressed() throws IOException {
    byte[] blob = Blob.encode(new byte[100_000], 0, 100_000);

    assertThat(Blob.verifyEnvelope(blob)).isEqualTo(BlobKind.ZSTD);
    assertThat(blob).hasSizeLessThan(100);
  }

  @Test
  void nothingIsABlobOfItsHeaderOnly() throws IOException {
    byte[] blob = Blob.encode(new byte[0], 0, 0);

    assertThat(blob).hasSize(Blob.HEADER_SIZE);
    assertThat(Blob.decode(blob, 0)).isEmpty();
  }

  @Test
  void aRangeIsEncodedWithoutItsNeighbours() throws IOException {
    byte[] data = new byte[1000];
    Arrays.fill(data, 100, 900, (byte) 7);

    assertThat(Blob.decode(Blob.encode(data, 100, 800), 800)).containsOnly(7).hasSize(800);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 12, 1000, 4 << 20})
  void theWorstCaseFitsTheLengthThatIsPromisedForIt(int length) {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);

    assertThat(Blob.encode(noise, 0, length, new byte[Blob.maxEncodedLength(length)]))
        .isLessThanOrEqualTo(Blob.maxEncodedLength(length));
  }

  @Test
  void aPlainBlobOverTheLimitIsRefused() {
    byte[] blob = Blobs.of(BlobKind.PLAIN, new byte[101]);

    assertThatThrownBy(() -> Blob.decode(blob, 100))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("at most 100 bytes, found 101");
  }

  @Test
  void anUnknownMagicIsShown() {
    byte[] blob = Blobs.of(BlobKind.PLAIN, new byte[5]);
    blob[0] = 0;

    assertThatThrownBy(() -> Blob.decode(blob, 100))
        .isInstanceOf(CorruptDataException.class)
        .hasMessage("corrupt blob at byte 0: expected a blob's magic, found 00ab3807be8370a1");
  }

  @Test
  void aWrongCrcSaysWhatWasExpectedAndWhere() {
    byte[] blob = Blobs.of(BlobKind.PLAIN, new byte[] {1, 2, 3});
    blob[12] = 2;

    assertThatThrownBy(() -> Blob.decode(blob, 100))
        .isInstanceOfSatisfying(
            CorruptDataException.class,
            e -> {
              assertThat(e.what()).isEqualTo("blob");
              assertThat(e.offset()).isEqualTo(8);
              assertThat(e).hasMessageContaining("found 55bc801d");
            });
  }

  @ParameterizedTest
  @EnumSource
  void aBlobShorterThanTheHeaderOfItsKindIsCorrupt(BlobKind kind) {
    for (int length = Blob.HEADER_SIZE; length < kind.headerSize(); length++) {
      byte[] blob = Blobs.of(kind, new byte[length - Blob.HEADER_SIZE]);
      assertThatThrownBy(() -> Blob.decode(blob, 100)).isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void aDamagedEncryptedBlobIsCorruptAndNotMerelyEncrypted() {
    byte[] blob = Blobs.of(BlobKind.ENCRYPTED, new byte[50]);
    blob[50] ^= 1;

    assertThatThrownBy(() -> Blob.decode(blob, 100)).isInstanceOf(CorruptDataException.class);
  }
}
