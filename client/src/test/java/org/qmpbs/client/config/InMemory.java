package org.qmpbs.client.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a main file that is on no disk. */
final class InMemory {
  static final Path FILE = Path.of("config.yaml");

  private InMemory() {}

  static Configuration read(byte[] content) {
    Findings findings = new Findings();
    Sections sections = new Sections(Keys.CATALOGUE, findings, FILE);
    new YamlReader(FILE, findings).read(content).ifPresent(sections::main);
    return sections.configuration();
  }

  static Configuration read(String content) {
    return read(content.getBytes(StandardCharsets.UTF_8));
  }

  /** Also what is found when machines are looked at together. */
  static List<Finding> findings(Configuration configuration) {
    return Resolution.of(
            configuration,
            Keys.CATALOGUE,
            new Precedence(Keys.CATALOGUE, Map.of(), Map.of()),
            arguments -> Optional.empty())
        .findings();
  }

  /** All values without their places. */
  static String words(Configuration configuration) {
    StringBuilder text = new StringBuilder();
    List.of(configuration.repositories(), configuration.keys(), configuration.machines())
        .forEach(section -> section.values().forEach(entry -> append(entry, text)));
    append(configuration.defaults(), text);
    return text.toString();
  }

  private static void append(Entry entry, StringBuilder text) {
    text.append(entry.name()).append(':');
    entry.values().forEach((key, value) -> text.append(key).append(value.words()).append(' '));
    text.append('\n');
  }
}
