package org.qmpbs.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkSealerTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final EncryptionKey KEY = EncryptionKey.generate(RANDOM);
  private static final ChunkSealer SEALER = ChunkSealer.of(KEY, RANDOM);
  private static final ChunkOpener OPENER = ChunkOpener.of(KEY);

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    return noise;
  }

  /** What does not compress fills a buffer of the announced length, and never more. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4096, Chunks.SIZE})
  void whatIsSealedIntoAPooledBufferIsOpenedAgain(int length) throws Exception {
    byte[] plain = noise(length);
    for (ChunkSealer sealer : new ChunkSealer[] {ChunkSealer.PLAIN, SEALER}) {
      ChunkOpener opener = sealer == SEALER ? OPENER : ChunkOpener.PLAIN;
      byte[] buffer = new byte[sealer.maxLength(length)];
      int sealed = sealer.seal(plain, 0, length, buffer);
      byte[] blob = Arrays.copyOf(buffer, sealed);
      assertThat(opener.open(blob, length)).isEqualTo(plain);
      assertThat(Blob.verifyEnvelope(blob).isEncrypted()).isEqualTo(opener.isEncrypted());
    }
  }

  @Test
  void zerosAreNamedLikeAnyOtherChunkOfTheKey() throws Exception {
    for (int length : new int[] {1, 512, Chunks.SIZE}) {
      byte[] zeros = new byte[length];
      Digest keyed = KEY.digester().digest(zeros, 0, length);
      assertThat(SEALER.names().ofZeros(length))
          .isEqualTo(keyed)
          .isNotEqualTo(Zeros.digest(length));
      assertThat(SEALER.names().of(zeros, 0, length)).isEqualTo(keyed);
      assertThat(ChunkNames.PLAIN.ofZeros(length)).isEqualTo(Zeros.digest(length));
      assertThat(OPENER.open(SEALER.sealZeros(length), length)).isEqualTo(zeros);
      assertThat(ChunkOpener.PLAIN.open(ChunkSealer.PLAIN.sealZeros(length), length))
          .isEqualTo(zeros);
    }
  }

  @Test
  void aBlobOfTheOtherKindIsDamageThoughItCouldBeRead() {
    byte[] plain = noise(100);
    assertThatThrownBy(() -> OPENER.open(ChunkSealer.PLAIN.seal(plain), 100))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("expected an encrypted blob");
    assertThatThrownBy(() -> ChunkOpener.PLAIN.open(SEALER.seal(plain), 100))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("found an encrypted one");
  }

  @Test
  void bytesThatAreNoBlobAreDamageForBoth() {
    for (ChunkOpener opener : new ChunkOpener[] {ChunkOpener.PLAIN, OPENER}) {
      assertThatThrownBy(() -> opener.open(new byte[7], 100))
          .isInstanceOf(CorruptDataException.class);
      assertThatThrownBy(() -> opener.open(noise(100), 100))
          .isInstanceOf(CorruptDataException.class);
    }
  }

  @Test
  void anotherKeyDoesNotOpenIt() {
    EncryptionKey other = EncryptionKey.generate(RANDOM);
    assertThatThrownBy(() -> ChunkOpener.of(other).open(SEALER.seal(noise(100)), 100))
        .isInstanceOf(AuthenticationFailedException.class);
  }
}
