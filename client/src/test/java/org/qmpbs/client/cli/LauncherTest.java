package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    Path java = Files.createDirectories(directory.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho \"${LC_ALL:-as it was}\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    ProcessBuilder launcher =
        new ProcessBuilder(Path.of("../bin/qmpbs").toAbsolutePath().toString(), "version")
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    launcher.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    launcher.environment().put(variable, value);
    launcher.environment().put("JAVA_HOME", directory.toString());
    launcher.environment().put("QMPBS_JAR", java.toString());
    Process process = launcher.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(out.strip()).isEqualTo(expected);
  }
}
