package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MaskTest {
  private static final String TEXT = "my \"pass/wörd\"+x";

  @Test
  void aSecretIsTakenOutInEveryFormThatARequestHasItIn() {
    try (Mask mask = new Mask(new Secret(TEXT))) {
      String percent = PercentEncoding.encode(TEXT);
      for (String form :
          List.of(TEXT, percent, percent.toLowerCase(Locale.ROOT), "my \\\"pass/wörd\\\"+x")) {
        assertThat(mask.apply("before " + form + " after")).isEqualTo("before (secret) after");
      }
    }
  }

  @Test
  void aShortOneWouldTearHolesIntoWords() {
    try (Mask mask = new Mask(new Secret("per"))) {
      assertThat(mask.apply("missing permissions")).isEqualTo("missing permissions");
    }
  }

  @Test
  void aWipedOneIsForgotten() {
    Secret secret = new Secret(TEXT);
    Mask mask = new Mask(secret);
    mask.close();
    assertThat(mask.apply(TEXT)).isEqualTo(TEXT);
    assertThatThrownBy(secret::reveal).isInstanceOf(IllegalStateException.class);
  }

  /** Whatever goes in comes out as the error, as proxies in trouble do. */
  private static FakePbs echo(String answer) throws Exception {
    return new FakePbs(
        TestCertificate.LOCALHOST,
        (fake, socket) -> {
          String head = fake.readHead(socket);
          socket.getOutputStream().write((answer + head).getBytes(StandardCharsets.ISO_8859_1));
          socket.close();
        });
  }

  @Test
  void aServerThatSendsTheRequestBackPutsNoSecretIntoAnyException() throws Exception {
    String secret = PercentEncoding.encode(FakePbs.SECRET);
    for (String answer :
        List.of(
            "HTTP/1.1 500 X\r\n\r\n",
            "HTTP/1.1 200 X\r\n\r\n",
            "HTTP/1.1 101 X\r\nUpgrade: ",
            "")) {
      try (FakePbs server = echo(answer);
          PbsServer pbs = Sessions.pinned(server)) {
        for (ThrowingCall call :
            List.<ThrowingCall>of(
                PbsServer::version,
                s -> s.startBackup(Namespace.ROOT, Sessions.SNAPSHOT, Protection.NONE))) {
          try {
            call.on(pbs);
            throw new AssertionError("this server cannot have been understood");
          } catch (IOException e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString()).doesNotContain(secret, FakePbs.SECRET);
            if (e instanceof PbsException refused && refused.status() == 500) {
              assertThat(refused.serverText()).contains("(secret)").doesNotContain(secret);
            }
          }
        }
        assertThat(server.heads).allMatch(head -> head.contains(secret)).isNotEmpty();
      }
    }
  }

  private interface ThrowingCall {
    void on(PbsServer pbs) throws IOException;
  }
}
