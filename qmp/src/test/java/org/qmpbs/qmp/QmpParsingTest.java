package org.qmpbs.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class QmpParsingTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A stream that gives as much at once as the seed says. */
  private static InputStream inPieces(byte[] bytes, long seed) {
    Random random = new Random(seed);
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, 1 + random.nextInt(7)));
      }
    };
  }

  @Property(tries = 200)
  void linesComeOutWholeHoweverTheStreamIsCut(
      @ForAll @Size(max = 20) List<@AlphaChars @StringLength(min = 1, max = 40) String> lines,
      @ForAll long seed,
      @ForAll boolean carriageReturns)
      throws IOException {
    String end = carriageReturns ? "\r\n" : "\n";
    String text = String.join(end, lines) + end + "an unfinished line";
    LineReader reader = new LineReader(inPieces(bytes(text), seed), 100);
    List<String> read = new ArrayList<>();
    for (byte[] line = reader.next(); line != null; line = reader.next()) {
      read.add(new String(line, StandardCharsets.UTF_8));
    }
    assertThat(read).isEqualTo(lines);
  }

  @Property(tries = 50)
  void aLineLongerThanTheBoundIsRefusedWithoutKeepingIt(
      @ForAll @IntRange(min = 1, max = 300) int bound, @ForAll long seed) throws IOException {
    byte[] exact = bytes("x".repeat(bound) + "\n");
    assertThat(new LineReader(inPieces(exact, seed), bound).next()).hasSize(bound);
    byte[] longer = bytes("x".repeat(bound + 1) + "\n");
    assertThatThrownBy(() -> new LineReader(inPieces(longer, seed), bound).next())
        .isInstanceOf(QmpProtocolException.class);
  }

  @Test
  void theFourShapesAreToldApart() throws Exception {
    assertThat(QmpMessage.parse(bytes(FakeMonitor.GREETING)))
        .isEqualTo(new QmpMessage.Greeting(new QemuVersion(7, 2, 22, "Debian")));
    assertThat(QmpMessage.parse(bytes("{\"return\": [], \"id\": \"7\", \"later\": 1}")))
        .isInstanceOfSatisfying(
            QmpMessage.Success.class, success -> assertThat(success.id()).isEqualTo("7"));
    assertThat(QmpMessage.parse(bytes("{\"error\": {\"class\": \"C\", \"desc\": \"d\"}}")))
        .isEqualTo(new QmpMessage.Failure(null, "C", "d"));
    assertThat(QmpMessage.parse(bytes("{\"event\": \"STOP\", \"timestamp\": {}}")))
        .isInstanceOfSatisfying(
            QmpMessage.Event.class, event -> assertThat(event.event().data()).isEmpty());
  }

  @Test
  void everythingElseIsRefused() {
    for (String line :
        List.of(
            "",
            "[]",
            "{}",
            "1",
            "null",
            "{\"error\": 1}",
            "{\"event\": 2}",
            "{\"return\": 1} x",
            "[".repeat(100_000),
            "{\"QMP\": {}}",
            "\u0000",
            "{\"id\": \"1\"}")) {
      assertThatThrownBy(() -> QmpMessage.parse(bytes(line)))
          .as(line.length() > 40 ? "deep" : line)
          .isInstanceOf(QmpProtocolException.class);
    }
  }

  @FuzzTest
  void anyBytesAreAMessageOrAProtocolError(byte[] line) {
    try {
      assertThat(QmpMessage.parse(line)).isNotNull();
    } catch (QmpProtocolException e) {
      assertThat(e).hasMessageContaining("monitor sent");
    }
  }
}
