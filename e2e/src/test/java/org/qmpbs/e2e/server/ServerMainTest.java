package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerMainTest {
  @TempDir Path folder;

  @Test
  void itSaysWhatAClientNeedsAndMakesAToken() throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Path tokenFile = folder.resolve("token");
    String[] arguments = {
      "--datastore", folder.resolve("store1").toString(),
      "--token-file", tokenFile.toString(),
      "--port", "0"
    };
    try (EmbeddedServer server =
        ServerMain.start(arguments, new PrintStream(printed, true, StandardCharsets.UTF_8))) {
      assertThat(printed.toString(StandardCharsets.UTF_8))
          .isEqualTo(
              "PBS_REPOSITORY=demo@pbs!qmpbs@127.0.0.1:"
                  + server.port()
                  + ":store1\nPBS_FINGERPRINT="
                  + server.fingerprint()
                  + "\nREADY\n");
      String[] token = Files.readString(tokenFile).strip().split(":", 2);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tokenFile)))
          .isEqualTo("rw-------");
      TestClient client = new TestClient(server.port(), token[0], token[1]);
      assertThat(client.rest("GET", "/admin/datastore/store1/status").status()).isEqualTo(200);
    }
    assertThat(folder.resolve("store1/.chunks")).isEmptyDirectory();
  }

  @Test
  void usersOfAFileLogIn() throws IOException {
    Path users = Files.writeString(folder.resolve("users"), "a@pbs:p:w\n");
    String[] arguments = {
      "--datastore", folder.resolve("store1").toString(),
      "--token-file", folder.resolve("token").toString(),
      "--user-file", users.toString(),
      "--port", "0"
    };
    try (EmbeddedServer server =
        ServerMain.start(arguments, new PrintStream(OutputStream.nullOutputStream()))) {
      TestClient client = new TestClient(server.port(), "", "");
      assertThat(client.rest("POST", "/access/ticket", "username=a@pbs&password=p:w").status())
          .isEqualTo(200);
    }
    Files.writeString(users, "a@pbs\n");
    assertThatThrownBy(() -> ServerMain.start(arguments, System.out))
        .hasMessageEndingWith("holds a line that is not of the form user@realm:PASSWORD");
  }

  @Test
  void wrongOptionsAreNamed() {
    assertThatThrownBy(() -> ServerMain.start(new String[] {"--nosuch", "1"}, System.out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown option --nosuch");
    assertThatThrownBy(() -> ServerMain.start(new String[] {"--port"}, System.out))
        .hasMessage("--port needs a value");
    assertThatThrownBy(() -> ServerMain.start(new String[] {"--port", "0"}, System.out))
        .hasMessage("--datastore is missing");
  }
}
