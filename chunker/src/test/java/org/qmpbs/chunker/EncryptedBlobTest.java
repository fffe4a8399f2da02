package org.qmpbs.chunker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptedBlobTest {
  private static final EncryptionKey KEY = GoldenData.key();
  private static final EncryptionKey OTHER = EncryptionKey.of(new byte[EncryptionKey.BYTES]);
  private static final SecureRandom RANDOM = new SecureRandom();

  @ParameterizedTest
  @FieldSource("org.qmpbs.chunker.GoldenData#ENCRYPTED_CHUNKS")
  void everyChunkOfTheRealClientOpensToTheBytesOfItsName(String digest) throws IOException {
    byte[] plain = Blob.decode(GoldenData.chunk(digest), Blob.MAX_CHUNK, KEY);

    assertThat(KEY.digester().digest(plain, 0, plain.length).hex()).isEqualTo(digest);
    assertThat(Digest.sha256(plain).hex()).isNotEqualTo(digest);
  }

  @ParameterizedTest
  @FieldSource("org.qmpbs.chunker.GoldenData#ENCRYPTED_SNAPSHOTS")
  void everyEncryptedArchiveComesBackByteForByte(String snapshot) throws IOException {
    FixedIndex index = FixedIndex.parse(GoldenData.index(snapshot));
    byte[] image = GoldenData.imageOf(snapshot);

    for (int i = 0; i < index.chunkCount(); i++) {
      byte[] chunk = GoldenData.chunk(index.digest(i).hex());
      int start = (int) Chunks.start(i);
      assertThat(Blob.decode(chunk, Chunks.SIZE, KEY))
          .isEqualTo(Arrays.copyOfRange(image, start, start + Chunks.length(image.length, i)));
    }
  }

  @ParameterizedTest
  @FieldSource("org.qmpbs.chunker.GoldenData#ENCRYPTED_SNAPSHOTS")
  void ourDigestsOfAnImageAreThoseOfTheRealClientsIndex(String snapshot) throws IOException {
    FixedIndex index = FixedIndex.parse(GoldenData.index(snapshot));
    byte[] image = GoldenData.imageOf(snapshot);

    for (int i = 0; i < index.chunkCount(); i++) {
      int length = Chunks.length(image.length, i);
      assertThat(KEY.digester().digest(image, (int) Chunks.start(i), length))
          .isEqualTo(index.digest(i));
      byte[] blob = Blob.encode(image, (int) Chunks.start(i), length, KEY, RANDOM);
      byte[] golden = GoldenData.chunk(index.digest(i).hex());
      assertThat(Blob.verifyEnvelope(blob)).isEqualTo(Blob.verifyEnvelope(golden));
      assertThat(Blob.decode(blob, length, KEY)).isEqualTo(Blob.decode(golden, length, KEY));
    }
  }

  @Test
  void everyBlobFileOfAnEncryptedSnapshotOpens() throws IOException {
    for (Path file : GoldenData.blobs()) {
      byte[] plain = Blob.decode(Files.readAllBytes(file), Blob.MAX_BLOB, KEY);
      if (file.endsWith("qemu-server.conf.blob")) {
        assertThat(new String(plain, UTF_8)).isEqualTo(GoldenData.vmConf());
      }
    }
  }

  @Test
  void aFlippedBitIsDamageInTheDataAndARefusalOfTheKeyInIvOrTag() throws IOException {
    byte[] blob = Blob.encode(new byte[50], 0, 50, KEY, RANDOM);

    for (int i = 0; i < blob.length; i++) {
      byte[] changed = blob.clone();
      changed[i] ^= 4;
      boolean ivOrTag = i >= 12 && i < 44;
      assertThatThrownBy(() -> Blob.decode(changed, 50, KEY))
          .as("byte %d", i)
          .isInstanceOf(ivOrTag ? AuthenticationFailedException.class : CorruptDataException.class);
    }
  }

  @Test
  void aForgedChecksumDoesNotHideAChange() {
    byte[] blob = Blob.encode(new byte[50], 0, 50, KEY, RANDOM);
    for (int i = 44; i < blob.length; i++) {
      byte[] changed = blob.clone();
      changed[i] ^= 4;
      assertThatThrownBy(() -> Blob.decode(Blobs.repair(changed), 50, KEY))
          .isInstanceOf(AuthenticationFailedException.class);
    }
  }

  @Test
  void anotherKeySaysWhichKeyWasTried() {
    byte[] blob = Blob.encode(new byte[50], 0, 50, KEY, RANDOM);

    assertThatThrownBy(() -> Blob.decode(blob, 50, OTHER))
        .isInstanceOf(AuthenticationFailedException.class)
        .hasMessageContaining(OTHER.fingerprint().shortForm());
    assertThatThrownBy(() -> Blob.decode(blob, 50)).isInstanceOf(UnsupportedDataException.class);
  }

  @Test
  void aKeyDoesNotHinderWhatIsNotEncrypted() throws IOException {
    byte[] plain = {1, 2, 3};
    assertThat(Blob.decode(Blob.encode(plain, 0, 3), 3, KEY)).isEqualTo(plain);
    assertThat(Blob.decode(Blob.encode(new byte[1000], 0, 1000), 1000, KEY)).containsOnly(0);
  }

  @Test
  void noMoreComesOutThanTheLimit() {
    byte[] noise = new byte[101];
    new Random(1).nextBytes(noise);
    for (byte[] plain : new byte[][] {noise, new byte[101]}) {
      byte[] blob = Blob.encode(plain, 0, 101, KEY, RANDOM);
      assertThatThrownBy(() -> Blob.decode(blob, 100, KEY))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("at most 100 bytes");
    }
  }

  @Test
  void noTwoBlobsHaveAnIvInCommon() {
    Set<String> ivs = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      byte[] blob = Blob.encode(new byte[1], 0, 1, KEY, RANDOM);
      assertThat(ivs.add(Arrays.toString(Arrays.copyOfRange(blob, 12, 28)))).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 12, 1000, 4 << 20})
  void theWorstCaseFitsTheLengthThatIsPromisedForIt(int length) throws IOException {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    byte[] target = new byte[Blob.maxEncryptedLength(length)];

    int end = Blob.encode(noise, 0, length, target, KEY, RANDOM);

    assertThat(Blob.decode(Arrays.copyOf(target, end), length, KEY)).isEqualTo(noise);
  }

  @Property
  void whatIsEncryptedOpensAndAnyOtherByteIsNoticed(
      @ForAll @Size(max = 300) byte[] plain,
      @ForAll @IntRange(min = 0, max = 1 << 20) int where,
      @ForAll @IntRange(min = 1, max = 255) int difference)
      throws IOException {
    byte[] blob = Blob.encode(plain, 0, plain.length, KEY, RANDOM);
    assertThat(Blob.decode(blob, plain.length, KEY)).isEqualTo(plain);

    blob[where % blob.length] ^= (byte) difference;
    assertThatThrownBy(() -> Blob.decode(blob, Blob.MAX_CHUNK, KEY))
        .isInstanceOf(IOException.class);
  }

  /** The bytes as they are, with a true CRC, and encrypted: as a frame of somebody with the key. */
  @FuzzTest
  void anyBytesOpenWithinTheLimitOrAreRefused(byte[] bytes) {
    open(bytes);
    if (bytes.length >= Blob.HEADER_SIZE) {
      open(Blobs.repair(bytes.clone()));
    }
    byte[] buffer = new byte[bytes.length + Blob.maxEncryptedLength(0)];
    System.arraycopy(bytes, 0, buffer, 44, bytes.length);
    AesGcm.seal(KEY, buffer, Blob.HEADER_SIZE, bytes.length, RANDOM);
    BlobKind.ENCRYPTED_ZSTD.writeMagic(buffer);
    open(Blobs.repair(Arrays.copyOf(buffer, 44 + bytes.length)));
  }

  private static void open(byte[] blob) {
    try {
      assertThat(Blob.decode(blob, 1 << 20, KEY)).hasSizeLessThanOrEqualTo(1 << 20);
    } catch (CorruptDataException e) {
      assertThat(e.offset()).isBetween(0L, (long) blob.length);
    } catch (AuthenticationFailedException e) {
      assertThat(e.key()).isEqualTo(KEY.fingerprint());
    }
  }
}
