package org.qmpbs.client.manual;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DefaultConfigurationTest {
  /** An installation must not begin to do anything, nor take a setting from anybody. */
  @Test
  void theInstalledConfigurationSaysNothing() throws Exception {
    assertThat(Files.readAllLines(Path.of("src/dist/etc/config.yaml")))
        .isNotEmpty()
        .allMatch(line -> line.isBlank() || line.startsWith("#"));
  }
}
