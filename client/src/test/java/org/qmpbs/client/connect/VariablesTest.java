package org.qmpbs.client.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VariablesTest {
  private static final String CREDENTIAL = "proxmox-backup-client.password";

  @TempDir private Path directory;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void setEveryForm() throws IOException {
    Files.writeString(directory.resolve("file"), "from file\r\ncomment\n");
    Files.writeString(directory.resolve(CREDENTIAL), "from credential\n");
    environment.put("PBS_PASSWORD", "direct\nrest");
    environment.put("PBS_PASSWORD_FILE", directory.resolve("file").toString());
    environment.put("PBS_PASSWORD_CMD", "sh -c 'echo from command; echo more'");
    environment.put("CREDENTIALS_DIRECTORY", directory.toString());
  }

  private String find() throws IOException {
    return new Variables(environment, new SecretCommand(Duration.ofSeconds(20)))
        .find("PBS_PASSWORD", CREDENTIAL)
        .map(Variables.Found::text)
        .orElse("nothing");
  }

  @Test
  void prefersTheFormsInTheOfficialClientsOrderAndTakesFirstLinesOnly() throws IOException {
    assertThat(find()).isEqualTo("direct");
    environment.remove("PBS_PASSWORD");
    assertThat(find()).isEqualTo("from file");
    environment.remove("PBS_PASSWORD_FILE");
    assertThat(find()).isEqualTo("from command");
    environment.remove("PBS_PASSWORD_CMD");
    assertThat(find()).isEqualTo("from credential");
    environment.remove("CREDENTIALS_DIRECTORY");
    assertThat(find()).isEqualTo("nothing");
  }

  @Test
  void readsADescriptorBeforeAFile() throws IOException {
    environment.remove("PBS_PASSWORD");
    Path other = Files.writeString(directory.resolve("other"), "from descriptor");
    try (java.io.RandomAccessFile open = new java.io.RandomAccessFile(other.toFile(), "r")) {
      String number = descriptorOf(other);
      environment.put("PBS_PASSWORD_FD", number);
      assertThat(find()).isEqualTo("from descriptor");
      assertThat(open.getFilePointer()).isZero();
    }
  }

  private static String descriptorOf(Path file) throws IOException {
    try (java.util.stream.Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : all.toList()) {
        if (Files.isSymbolicLink(each) && Files.readSymbolicLink(each).equals(file.toRealPath())) {
          return each.getFileName().toString();
        }
      }
    }
    throw new IOException("no descriptor of " + file);
  }

  @Test
  void namesTheVariableThatCannotBeReadInsteadOfLookingFurther() {
    environment.remove("PBS_PASSWORD");
    environment.put("PBS_PASSWORD_FILE", "/nowhere/token");
    assertProblem("PBS_PASSWORD_FILE names /nowhere/token, which does not exist");
    environment.put("PBS_PASSWORD_FD", "three");
    assertProblem("PBS_PASSWORD_FD cannot be read: it is not the number of a file descriptor");
  }

  @Test
  void anEmptyValueIsAnErrorThatNamesItsVariable() throws IOException {
    environment.put("PBS_PASSWORD", "");
    assertProblem("PBS_PASSWORD is set but its first line is empty");
    environment.remove("PBS_PASSWORD");
    Files.writeString(directory.resolve("file"), "\nsecond");
    assertProblem("PBS_PASSWORD_FILE is set but its first line is empty");
  }

  @Test
  void aFailingCommandIsAnErrorEvenIfItPrintedSomething() {
    environment.remove("PBS_PASSWORD");
    environment.remove("PBS_PASSWORD_FILE");
    environment.put("PBS_PASSWORD_CMD", "sh -c 'echo canary; exit 3'");
    assertProblem("PBS_PASSWORD_CMD cannot be read: the command ended with exit code 3");
    environment.put("PBS_PASSWORD_CMD", "");
    assertProblem("PBS_PASSWORD_CMD cannot be read: it has no command");
  }

  @Test
  void aCommandThatNeverEndsIsEnded() {
    environment.remove("PBS_PASSWORD");
    environment.remove("PBS_PASSWORD_FILE");
    environment.put("PBS_PASSWORD_CMD", "sleep 600");
    Variables variables = new Variables(environment, new SecretCommand(Duration.ofMillis(50)));
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> variables.find("PBS_PASSWORD", CREDENTIAL))
        .withMessageContaining("PBS_PASSWORD_CMD");
  }

  @Test
  void boundsWhatAWrongFileNameMakesUsRead() throws IOException {
    environment.remove("PBS_PASSWORD");
    environment.put("PBS_PASSWORD_FILE", "/dev/zero");
    assertProblem("the first line is longer than 65536 bytes");
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    environment.remove("PBS_PASSWORD");
    Files.write(directory.resolve("file"), new byte[] {(byte) 0xff, 'a', '\n'});
    assertProblem("not valid UTF-8");
  }

  private void assertProblem(String message) {
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(this::find)
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.remedy()).isNotEmpty())
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("canary"));
  }
}
