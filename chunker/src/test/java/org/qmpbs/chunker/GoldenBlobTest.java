package org.qmpbs.chunker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenBlobTest {
  /** A stride for blobs where trying every byte would take minutes; prime, to meet every phase. */
  private static final int LARGE_STRIDE = 4093;

  @ParameterizedTest
  @FieldSource("org.qmpbs.chunker.GoldenData#PLAIN_CHUNKS")
  void everyPlainChunkDecodesToTheBytesOfItsName(String digest) throws IOException {
    byte[] plain = Blob.decode(GoldenData.chunk(digest), Blob.MAX_CHUNK);

    assertThat(Digest.sha256(plain)).isEqualTo(Digest.parse(digest));
  }

  @ParameterizedTest
  @FieldSource("org.qmpbs.chunker.GoldenData#ENCRYPTED_CHUNKS")
  void anEncryptedChunkIsUnsupportedAndNotCorrupt(String digest) {
    assertThatThrownBy(() -> Blob.decode(GoldenData.chunk(digest), Blob.MAX_CHUNK))
        .isInstanceOf(UnsupportedDataException.class)
        .hasMessageContaining("key is needed");
  }

  static Stream<Arguments> blobs() {
    return GoldenData.blobs().stream()
        .map(file -> arguments(file.getParent().getFileName() + "/" + file.getFileName(), file));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("blobs")
  void everyBlobFileDecodesOrSaysThatItIsEncrypted(String name, Path file) throws IOException {
    byte[] blob = Files.readAllBytes(file);

    if (name.startsWith("encrypted") && name.endsWith("conf.blob")) {
      assertThat(Blob.verifyEnvelope(blob)).isEqualTo(BlobKind.ENCRYPTED);
      assertThatThrownBy(() -> Blob.decode(blob, Blob.MAX_BLOB))
          .isInstanceOf(UnsupportedDataException.class);
    } else if (name.endsWith("conf.blob")) {
      assertThat(new String(Blob.decode(blob, Blob.MAX_BLOB), UTF_8))
          .isEqualTo(GoldenData.vmConf());
    } else if (name.endsWith("key.blob")) {
      // RSA of 4096 bits.
      assertThat(Blob.decode(blob, Blob.MAX_BLOB)).hasSize(512);
    } else {
      assertThat(new String(Blob.decode(blob, Blob.MAX_BLOB), UTF_8)).contains("\"backup-id\": \"");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("blobs")
  void aFlippedBitInAnyByteOfABlobFileIsNoticed(String name, Path file) throws IOException {
    byte[] blob = Files.readAllBytes(file);

    boolean encrypted = Blob.verifyEnvelope(blob).isEncrypted();
    for (int i = 0; i < blob.length; i++) {
      // IV and tag of an encrypted blob are for its key's owner to verify.
      if (!encrypted || i < Blob.HEADER_SIZE || i >= BlobKind.ENCRYPTED.headerSize()) {
        assertNoticed(blob, i);
      }
    }
  }

  @ParameterizedTest
  @FieldSource("org.qmpbs.chunker.GoldenData#PLAIN_CHUNKS")
  void aFlippedBitInAChunkIsNoticed(String digest) {
    byte[] blob = GoldenData.chunk(digest);

    for (int i = 0; i < blob.length; i += blob.length < 1024 || i < 64 ? 1 : LARGE_STRIDE) {
      assertNoticed(blob, i);
    }
  }

  @ParameterizedTest
  @FieldSource("org.qmpbs.chunker.GoldenData#PLAIN_CHUNKS")
  void aChunkThatIsCutShortIsNoticed(String digest) {
    byte[] blob = GoldenData.chunk(digest);

    for (int length = 0; length < blob.length; length += blob.length / 50 + 1) {
      byte[] cut = Arrays.copyOf(blob, length);
      assertThatThrownBy(() -> Blob.decode(cut, Blob.MAX_CHUNK))
          .isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void ourEncodingOfAGoldenImageIsOfTheKindThatTheServerHas() throws IOException {
    byte[] image = GoldenData.imageOf("plain-1");

    for (int i = 0; i < Chunks.count(image.length); i++) {
      int length = Chunks.length(image.length, i);
      byte[] blob = Blob.encode(image, (int) Chunks.start(i), length);
      String digest = Digest.sha256(image, (int) Chunks.start(i), length).hex();
      assertThat(Blob.verifyEnvelope(blob))
          .isEqualTo(Blob.verifyEnvelope(GoldenData.chunk(digest)));
      assertThat(Digest.sha256(Blob.decode(blob, Blob.MAX_CHUNK)).hex()).isEqualTo(digest);
    }
  }

  private static void assertNoticed(byte[] blob, int position) {
    blob[position] ^= 0x10;
    assertThatThrownBy(() -> Blob.decode(blob, Blob.MAX_BLOB))
        .as("byte %d", position)
        .isInstanceOf(CorruptDataException.class);
    assertThatThrownBy(() -> Blob.verifyEnvelope(blob))
        .as("byte %d", position)
        .isInstanceOf(CorruptDataException.class);
    blob[position] ^= 0x10;
  }
}
