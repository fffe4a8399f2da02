package org.qmpbs.client.config;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the configuration is.
 *
 * @param main repositories, keys, defaults, and machines
 * @param machines a folder with a file for each machine
 */
public record ConfigPlace(Path main, Path machines) {
  /** Where {@code --config} comes from if it is not given. */
  public static final String VARIABLE = "QMPBS_CONFIG";

  private static final Path HOST = Path.of("/etc/qmpbs");
  private static final String MAIN = "config.yaml";
  private static final String MACHINES = "machines.d";

  /**
   * The place: that of the option, of {@code QMPBS_CONFIG}, the user's own unless it is root and if
   * there is one, or the host's. Root has none of its own, so that a shell and a service of systemd
   * never read different ones.
   *
   * @param option {@code --config}, a folder or a file
   * @throws NoSuchFileException if there is nothing
   */
  public static ConfigPlace find(@Nullable Path option, Map<String, String> environment, long uid)
      throws NoSuchFileException {
    String variable = environment.getOrDefault(VARIABLE, "");
    if (option != null || !variable.isEmpty()) {
      return existing(option != null ? option : Path.of(variable));
    }
    Path own = own(environment);
    return uid != 0 && own != null && isThere(in(own)) ? in(own) : existing(HOST);
  }

  /** A file is as good as its folder: machines beside it would be forgotten otherwise. */
  private static ConfigPlace existing(Path place) throws NoSuchFileException {
    if (Files.isRegularFile(place)) {
      return new ConfigPlace(place, place.resolveSibling(MACHINES));
    }
    ConfigPlace found = in(place);
    if (!isThere(found)) {
      throw new NoSuchFileException(found.main().toString());
    }
    return found;
  }

  private static ConfigPlace in(Path folder) {
    return new ConfigPlace(folder.resolve(MAIN), folder.resolve(MACHINES));
  }

  private static boolean isThere(ConfigPlace place) {
    return Files.exists(place.main()) || Files.isDirectory(place.machines());
  }

  private static @Nullable Path own(Map<String, String> environment) {
    String xdg = environment.getOrDefault("XDG_CONFIG_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    if (xdg.startsWith("/")) {
      return Path.of(xdg, "qmpbs");
    }
    return home.startsWith("/") ? Path.of(home, ".config", "qmpbs") : null;
  }
}
