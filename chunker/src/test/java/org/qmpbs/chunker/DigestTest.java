package org.qmpbs.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
  /** FIPS 180-2, appendix B.1. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void theKnownAnswerOfTheStandardIsGiven() {
    assertThat(Digest.sha256(new byte[] {'a', 'b', 'c'}).hex()).isEqualTo(ABC);
    assertThat(Digest.sha256(new byte[] {'x', 'a', 'b', 'c', 'x'}, 1, 3).hex()).isEqualTo(ABC);
  }

  @Test
  void textAndBytesAreTheSameValue() {
    Digest digest = Digest.parse(ABC);
    byte[] buffer = new byte[40];
    digest.copyTo(buffer, 8);

    assertThat(Digest.read(buffer, 8)).isEqualTo(digest).hasSameHashCodeAs(digest);
    assertThat(Digest.parse(digest.hex())).isEqualTo(digest);
    assertThat(digest).hasToString(ABC);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "ba78", "zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"})
  void otherTextIsRefused(String text) {
    assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bytesBeyondTheEndAreNotMadeUp() {
    assertThatThrownBy(() -> Digest.read(new byte[40], 9))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Digest.read(new byte[40], 40))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void theBytesGivenOutAreACopy() {
    Digest digest = Digest.parse(ABC);

    digest.toBytes()[0] = 0;

    assertThat(digest.hex()).isEqualTo(ABC);
  }

  @Test
  void theOrderIsThatOfUnsignedBytes() {
    Digest low = Digest.parse("7f" + "00".repeat(31));
    Digest high = Digest.parse("80" + "00".repeat(31));

    assertThat(low).isLessThan(high);
    assertThat(low).isNotEqualTo(high).isNotEqualTo(ABC);
  }
}
