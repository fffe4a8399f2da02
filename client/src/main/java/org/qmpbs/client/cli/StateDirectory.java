package org.qmpbs.client.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where this user's programs keep what is to survive them but is no configuration: the directory
 * that systemd made for a service ({@code StateDirectory=}), else the one of the XDG Base Directory
 * Specification, which leaves out paths that are not absolute.
 */
final class StateDirectory {
  private StateDirectory() {}

  /** Of qmpbs, if the environment says where that is. It may not exist yet. */
  static Optional<Path> of(Map<String, String> environment) {
    return absolute(environment.getOrDefault("STATE_DIRECTORY", "").split(":", 2)[0])
        .or(() -> absolute(environment.get("XDG_STATE_HOME")).map(home -> home.resolve("qmpbs")))
        .or(() -> absolute(environment.get("HOME")).map(StateDirectory::below));
  }

  private static Path below(Path home) {
    return home.resolve(".local").resolve("state").resolve("qmpbs");
  }

  private static Optional<Path> absolute(@Nullable String path) {
    return Optional.ofNullable(path)
        .filter(text -> !text.isEmpty())
        .map(Path::of)
        .filter(Path::isAbsolute);
  }
}
