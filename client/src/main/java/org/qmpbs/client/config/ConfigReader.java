package org.qmpbs.client.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads all files of a configuration, and everything that is wrong with them. */
public final class ConfigReader {
  private static final String SUFFIX = ".yaml";

  private final Catalogue catalogue;
  private final long uid;

  /**
   * A reader.
   *
   * @param uid the user of this process
   */
  public ConfigReader(Catalogue catalogue, long uid) {
    this.catalogue = catalogue;
    this.uid = uid;
  }

  /**
   * Reads.
   *
   * @throws IOException if a file or folder cannot be read at all
   */
  public Configuration read(ConfigPlace place) throws IOException {
    Findings findings = new Findings();
    FileGuard guard = new FileGuard(uid, findings);
    Sections sections = new Sections(catalogue, findings, place.main());
    Path folder = place.main().toAbsolutePath().getParent();
    if (folder != null) {
      guard.requireUnwritableByOthers(folder);
    }
    if (Files.exists(place.main())) {
      read(place.main(), guard, findings).ifPresent(sections::main);
    }
    if (Files.isDirectory(place.machines())) {
      guard.requireUnwritableByOthers(place.machines());
      for (Path file : files(place.machines(), findings)) {
        String name = String.valueOf(file.getFileName());
        read(file, guard, findings)
            .ifPresent(
                node ->
                    sections.machine(
                        name.substring(0, name.length() - SUFFIX.length()), node.place(), node));
      }
    }
    return sections.configuration();
  }

  /**
   * By name. A file that looks like a machine's and is not read would be a machine without backup.
   */
  private static List<Path> files(Path folder, Findings findings) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
      for (Path file : found) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(SUFFIX) && !name.startsWith(".")) {
          files.add(file);
        } else if (name.matches("[^.].*\\.(?:yml|YML|YAML|json)")) {
          findings.add(
              Finding.warning(
                  Place.of(file),
                  "",
                  "this file is not read",
                  "Give it a name that ends in '.yaml', or one that does not look like it."));
        }
      }
    }
    return files.stream().sorted().toList();
  }

  private static Optional<YamlNode> read(Path file, FileGuard guard, Findings findings)
      throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      findings.add(
          Finding.error(Place.of(file), "", "this is not a file", "Give it another name."));
      return Optional.empty();
    }
    guard.requireUnwritableByOthers(file);
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(YamlReader.MAX_BYTES + 1);
    }
    Optional<YamlNode> node = new YamlReader(file, findings).read(content);
    if (node.isPresent()) {
      guard.requireSecretsUnreadable(file, node.get());
    }
    return node;
  }
}
