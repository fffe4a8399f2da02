package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpHeadTest {
  private static ByteArrayInputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void notAByteBehindTheEmptyLineIsRead() throws Exception {
    ByteArrayInputStream in =
        bytes("HTTP/1.1 101 Switching Protocols\r\nUpGrade:  x \r\n\r\n\0\0\1rest");
    HttpHead head = HttpHead.read(in);
    assertThat(head.status()).isEqualTo(101);
    assertThat(head.field("Upgrade")).contains("x");
    assertThat(in.available()).isEqualTo(7);
  }

  @Test
  void aCarriageReturnWithinALineDoesNotHideTheEnd() throws Exception {
    ByteArrayInputStream in = bytes("HTTP/1.1 200 X\r\nA: a\rb\r\r\n\r\nrest");
    assertThat(HttpHead.read(in).status()).isEqualTo(200);
    assertThat(in.available()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 20 X\r\n\r\n",
        "HTTP/1.1 2000 X\r\n\r\n",
        "\r\n\r\n",
        "HTTP/1.1 200 X\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 X\r\n: nameless\r\n\r\n"
      })
  void anythingElseIsABadAnswer(String text) {
    assertThatThrownBy(() -> HttpHead.read(bytes(text))).isInstanceOf(BadAnswerException.class);
  }

  @Test
  void aHeadThatEndsEarlyIsTheEndOfTheConnection() {
    assertThatThrownBy(() -> HttpHead.read(bytes("HTTP/1.1 200 X\r\n")))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("16 bytes");
  }

  @FuzzTest
  void anyBytesGiveAHeadOrASaidReason(byte[] bytes) {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    try {
      HttpHead head = HttpHead.read(in);
      assertThat(head.status()).isBetween(0, 999);
      assertThat(HttpErrorText.read(head, in).length())
          .isLessThanOrEqualTo(HttpErrorText.MAX_LENGTH);
    } catch (BadAnswerException | EOFException e) {
      assertThat(e.getMessage()).hasSizeLessThan(1000);
    } catch (IOException e) {
      throw new AssertionError("no other failure is possible here", e);
    }
  }
}
