package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bin/qmpbs} with something in place of Java that tells what it was given. */
class LauncherTest {
  @TempDir private Path directory;

  /** Java names no file with an umlaut in the C locale, which one that is not installed is, too. */
  @ParameterizedTest
  @CsvSource({
    "LC_ALL,C,C.UTF-8",
    "LANG,POSIX,C.UTF-8",
    "LANG,xx_XX.UTF-8,C.UTF-8",
    "LC_ALL,xx_XX.ISO-8859-1,C.UTF-8",
    "LANG,C.UTF-8,as it was"
  })
  void javaGetsALocaleInWhichItCanNameFiles(String variable, String value, String expected)
      throws Exception {
    Path java = fakeJava("echo \"${LC_ALL:-as it was}\"");
    ProcessBuilder launcher = launcher(java);
    launcher.environment().put(variable, value);
    Process process = launcher.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    assertThat(output(process)).isEqualTo(expected);
    assertThat(process.waitFor()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1.8.0_402,true", "11.0.2,true", "17.0.15,false", "25,false"})
  void aJavaThatIsTooOldIsToldBeforeItFails(String version, boolean refused) throws Exception {
    Path java = fakeJava("echo started");
    Files.writeString(
        directory.resolve("release"), "IMPLEMENTOR=\"x=y\"\nJAVA_VERSION=\"" + version + "\"\n");
    Process process = launcher(java).redirectErrorStream(true).start();
    assertThat(output(process))
        .contains(refused ? "is version " + version : "started")
        .doesNotContain(refused ? "started" : "error");
    assertThat(process.waitFor()).isEqualTo(refused ? 2 : 0);
  }

  @Test
  void anArchiveOfClassesBesideTheJarIsUsed() throws Exception {
    Path java = fakeJava("echo \"$@\"");
    assertThat(output(launcher(java).start())).doesNotContain("SharedArchiveFile");
    Path archive = Files.createFile(directory.resolve("bin/java.jsa"));
    assertThat(output(launcher(java).start())).contains("-XX:SharedArchiveFile=" + archive);
  }

  /** Something in place of Java that also passes for the jar. */
  private Path fakeJava(String script) throws IOException {
    Path java = Files.createDirectories(directory.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    return java;
  }

  private ProcessBuilder launcher(Path java) {
    ProcessBuilder launcher =
        new ProcessBuilder(Path.of("../bin/qmpbs").toAbsolutePath().toString(), "version");
    launcher.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    launcher.environment().put("JAVA_HOME", directory.toString());
    launcher.environment().put("QMPBS_JAR", java.toString());
    return launcher;
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
