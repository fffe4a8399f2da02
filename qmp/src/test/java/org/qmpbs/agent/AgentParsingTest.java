package org.qmpbs.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class AgentParsingTest {
  private static final String SENTINEL = "\u00ff";

  /** One byte a character. */
  private static AgentWire wire(byte[] bytes) {
    int[] position = {0};
    return new AgentWire(
        () -> {
          if (position[0] == bytes.length) {
            throw new EOFException("the end");
          }
          return bytes[position[0]++] & 0xFF;
        });
  }

  private static AgentWire wire(String text) {
    return wire(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String sync(long id) {
    return SENTINEL + "{\"return\": " + id + "}\n";
  }

  @Property(tries = 200)
  void oursIsFoundBehindWhateverOthersWereAnswered(
      @ForAll @Size(max = 5) List<@AlphaChars @StringLength(max = 20) String> rubbish,
      @ForAll @Size(max = 3) List<@LongRange(min = 1, max = 1000) Long> others,
      @ForAll @LongRange(min = 1001, max = Long.MAX_VALUE) long id,
      @ForAll boolean halfALineBefore)
      throws IOException {
    StringBuilder text = new StringBuilder();
    rubbish.forEach(line -> text.append(line).append('\n'));
    others.forEach(other -> text.append(sync(other)));
    text.append(halfALineBefore ? "{\"return\": " : "");
    text.append(sync(id)).append("{\"return\": \"frozen\"}\n");
    AgentWire wire = wire(text.toString());
    wire.awaitSync(id);
    assertThat(wire.next())
        .isInstanceOfSatisfying(
            AgentMessage.Success.class,
            success -> assertThat(success.value().asText()).isEqualTo("frozen"));
    assertThat(wire.offset()).isEqualTo(text.length());
  }

  @Test
  void anIdWithoutTheByteBeforeItIsNotOurs() {
    assertThatThrownBy(() -> wire("{\"return\": 7}\n" + SENTINEL + "x\n").awaitSync(7))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void everythingButAReplyIsRefusedWithItsPlace() throws IOException {
    for (String line :
        List.of(
            "[]",
            "{}",
            "1",
            "null",
            "{\"error\": 1}",
            "{\"return\": 1} x",
            "\u0000",
            "[".repeat(9000))) {
      AgentWire wire = wire("{\"return\": 0}\n" + line + "\n");
      wire.next();
      assertThatThrownBy(wire::next)
          .as(line.length() > 40 ? "deep" : line)
          .isInstanceOfSatisfying(
              AgentProtocolException.class,
              e -> assertThat(e.offset()).isBetween(14L, 14L + line.length()))
          .hasMessageContaining("expected");
    }
  }

  @Test
  void aReplyIsASuccessOrAFailure() throws IOException {
    AgentWire wire =
        wire("\n{\"return\": {}}\r\n{\"error\": {\"class\": \"C\", \"desc\": \"d\"}, \"id\": 1}\n");
    assertThat(wire.next()).isInstanceOf(AgentMessage.Success.class);
    assertThat(wire.next()).isEqualTo(new AgentMessage.Failure("C", "d"));
  }

  @Test
  void endlessLinesAndEndlessRubbishAreBounded() {
    AgentWire line = new AgentWire(() -> 'x');
    assertThatThrownBy(line::next)
        .isInstanceOf(AgentProtocolException.class)
        .hasMessageContaining("a longer one");
    AgentWire rubbish = new AgentWire(() -> '\n', 12345);
    assertThatThrownBy(() -> rubbish.awaitSync(1))
        .isInstanceOf(AgentProtocolException.class)
        .hasMessageContaining("more than 12345 bytes");
  }

  @FuzzTest
  void anyBytesAreASyncOrAReplyOrAProtocolErrorOrTheEnd(byte[] stream) throws IOException {
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.write(stream);
    twice.writeBytes(sync(42).getBytes(StandardCharsets.ISO_8859_1));
    twice.write(stream);
    AgentWire wire = wire(twice.toByteArray());
    wire.awaitSync(42);
    try {
      while (true) {
        assertThat(wire.next()).isNotNull();
      }
    } catch (EOFException e) {
      assertThat(wire.offset()).isLessThanOrEqualTo(twice.size());
    } catch (AgentProtocolException e) {
      assertThat(e.offset()).isBetween(0L, (long) twice.size());
    }
  }
}
