package org.qmpbs.client.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigPlaceTest {
  @TempDir private Path directory;

  private Path folder(String name) throws Exception {
    Path folder = Files.createDirectories(directory.resolve(name));
    Files.createFile(folder.resolve("config.yaml"));
    return folder;
  }

  @Test
  void theOptionWinsThenTheVariableThenTheUsersOwn() throws Exception {
    Path option = folder("option");
    Path variable = folder("variable");
    Path own = folder("home/.config/qmpbs");
    Path xdg = folder("xdg/qmpbs");
    Map<String, String> environment =
        Map.of(
            "QMPBS_CONFIG", variable.toString(),
            "HOME", directory.resolve("home").toString());
    assertThat(ConfigPlace.find(option, environment, 1000).main()).startsWith(option);
    assertThat(ConfigPlace.find(null, environment, 1000).main()).startsWith(variable);
    assertThat(
            ConfigPlace.find(null, Map.of("HOME", directory.resolve("home").toString()), 1000)
                .main())
        .startsWith(own);
    assertThat(
            ConfigPlace.find(
                    null, Map.of("XDG_CONFIG_HOME", directory.resolve("xdg").toString()), 1000)
                .main())
        .startsWith(xdg);
  }

  @Test
  void aFileBringsTheMachinesBesideItAndAnEmptyPlaceIsNone() throws Exception {
    Path folder = folder("option");
    ConfigPlace place = ConfigPlace.find(folder.resolve("config.yaml"), Map.of(), 0);
    assertThat(place).isEqualTo(ConfigPlace.find(folder, Map.of(), 0));
    assertThatThrownBy(() -> ConfigPlace.find(directory, Map.of(), 0))
        .isInstanceOf(NoSuchFileException.class);
  }
}
