package org.qmpbs.client.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A configuration on disk, with the modes that it has to have. */
final class ConfigFolder {
  static final String MAIN =
      """
      repositories:
        main:
          repository: backup@pbs!qmpbs@pbs.example:store1
          password-file: /etc/qmpbs/pbs.secret
      defaults:
        rate: 20M
      machines:
        vm100: {qmp: /run/vm100.qmp}
      """;

  final Path folder;

  ConfigFolder(Path folder) throws IOException {
    this.folder = folder;
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  ConfigFolder main(String text) throws IOException {
    return file("config.yaml", text);
  }

  ConfigFolder machine(String name, String text) throws IOException {
    Files.createDirectories(folder.resolve("machines.d"));
    return file("machines.d/" + name + ".yaml", text);
  }

  ConfigFolder file(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return this;
  }

  ConfigFolder mode(String name, String mode) throws IOException {
    Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString(mode));
    return this;
  }

  Configuration read() throws IOException {
    long uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return new ConfigReader(Keys.CATALOGUE, uid).read(ConfigPlace.find(folder, Map.of(), uid));
  }

  Resolution resolve(Map<String, String> environment, Map<String, List<String>> options)
      throws IOException {
    return Resolution.of(
        read(),
        Keys.CATALOGUE,
        new Precedence(Keys.CATALOGUE, environment, options),
        arguments -> Optional.empty());
  }

  Resolution resolve() throws IOException {
    return resolve(Map.of(), Map.of());
  }

  /** Findings as people read them, without the folder. */
  List<String> findings(Resolution resolution) {
    return lines(resolution.findings());
  }

  List<String> lines(List<Finding> findings) {
    return findings.stream()
        .map(
            finding ->
                (finding.where().label()
                        + " "
                        + (finding.isError() ? "" : "warning: ")
                        + finding.path()
                        + ": "
                        + finding.problem())
                    .replace(folder + "/", ""))
        .toList();
  }
}
