package org.qmpbs.client.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GranularityTest {
  @TempDir private Path directory;

  @BeforeEach
  void anImage() throws Exception {
    assertThat(qemuImg("create", "-q", "-f", "qcow2", "i.qcow2", "1M")).isZero();
  }

  private int qemuImg(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "qemu-img";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @ParameterizedTest
  @CsvSource({
    "512, 512",
    "65536, 65536",
    "65536b, 65536",
    "4k, 4096",
    "64K, 65536",
    "1M, 1048576",
    "2G, 2147483648",
    "0.5k, 512",
    "0.00048828125M, 512",
    "0x1000, 4096",
    "0X200, 512",
    "1.k, 1024",
    "0, 0",
    "0k, 0",
  })
  void whatQemuImgTakesIsTaken(String text, long bytes) throws Exception {
    assertThat(Granularity.parse(text))
        .isEqualTo(bytes == 0 ? OptionalLong.empty() : OptionalLong.of(bytes));
    assertThat(qemuImg("bitmap", "--add", "-g", text, "i.qcow2", "b")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "k",
        "-1",
        "-4k",
        "4kx",
        "64KiB",
        "1e3",
        "1.5",
        "3k",
        "256",
        "511",
        "1023",
        "4G",
        "1T",
        "0x",
        ".5k",
        "99999999999999999999",
        "7E",
        "1..5k",
        "4 k"
      })
  void whatQemuImgRefusesIsRefused(String text) throws Exception {
    assertThatThrownBy(() -> Granularity.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
    assertThat(qemuImg("bitmap", "--add", "-g", text, "i.qcow2", "b")).isNotZero();
  }
}
