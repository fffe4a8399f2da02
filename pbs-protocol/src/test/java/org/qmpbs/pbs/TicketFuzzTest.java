package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

class TicketFuzzTest {
  /** The first line is the cookie, the rest the body. */
  @FuzzTest
  void anyAnswerIsATicketThatEndsNoHeaderOrADocumentedError(byte[] bytes) throws IOException {
    String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\n", 2);
    byte[] body = parts.length < 2 ? new byte[0] : parts[1].getBytes(StandardCharsets.UTF_8);
    try {
      Grant grant = Ticket.parse(body, List.of(parts[0]), "me@pbs", Instant.EPOCH).grant(true);
      assertThat(grant.fields(true)).hasSize(2);
      assertThat(grant.fields(true).values())
          .allSatisfy(value -> assertThat(value).matches("[\\x21-\\x7e]+"));
      assertThat(grant.value()).doesNotContain(";");
    } catch (BadAnswerException | SecondFactorRequiredException e) {
      assertThat(e.getMessage()).isNotEmpty().hasSizeLessThan(300);
    }
  }
}
