package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.qmpbs.client.config.Catalogue;
import org.qmpbs.client.config.Key;
import org.qmpbs.client.config.Resolution;
import org.qmpbs.client.config.ValueForm;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

class MachineKeysTest {
  private static final Catalogue CATALOGUE = MachineKeys.catalogue(Host.system());

  private static CommandLine backup() {
    return new CommandLine(new BackupCommand(Host.system())).setExpandAtFiles(false);
  }

  private static ValueForm.Kind kind(String path) {
    return CATALOGUE.machineKeys().stream()
        .filter(key -> key.path().equals(path))
        .findFirst()
        .orElseThrow()
        .form()
        .kind();
  }

  @Test
  void everyOptionOfABackupIsAKeyOrSaysWhyNot() {
    List<String> keys = CATALOGUE.commandKeys().stream().map(Key::option).toList();
    for (OptionSpec option : backup().getCommandSpec().options()) {
      String name = option.longestName();
      long places =
          List.of(
                  keys.contains(name),
                  MachineKeys.OF_ONE_RUN.contains(name),
                  MachineKeys.OF_ENTRIES.contains(name))
              .stream()
              .filter(is -> is)
              .count();
      assertThat(places).as(name).isEqualTo(1);
    }
  }

  @Test
  void theKindOfAKeyIsThatOfItsOption() {
    assertThat(kind("qmp")).isEqualTo(ValueForm.Kind.FILE);
    assertThat(kind("retry")).isEqualTo(ValueForm.Kind.INTEGER);
    assertThat(kind("fail-on-skip")).isEqualTo(ValueForm.Kind.FLAG);
    assertThat(kind("rate")).isEqualTo(ValueForm.Kind.TEXT);
    Key freeze =
        CATALOGUE.machineKeys().stream()
            .filter(key -> key.path().equals("freeze"))
            .findFirst()
            .get();
    assertThat(freeze.form().choices()).containsExactly("off", "try", "require");
    assertThat(freeze.builtIn()).isEqualTo("try with --agent-socket, off without");
    assertThat(freeze.variable()).isEqualTo("QMPBS_FREEZE");
  }

  @Test
  void noTwoKeysShareAnOptionOrAVariableOrTakeOneThatMeansSomethingElse() {
    assertThat(CATALOGUE.machineKeys().stream().map(Key::option)).doesNotHaveDuplicates();
    Set<String> variables =
        CATALOGUE.machineKeys().stream().map(Key::variable).collect(Collectors.toSet());
    assertThat(variables)
        .hasSameSizeAs(CATALOGUE.machineKeys())
        .doesNotContain(
            "QMPBS_CONFIG",
            "QMPBS_DEBUG",
            "QMPBS_TERMINAL",
            "QMPBS_COLUMNS",
            "QMPBS_JAR",
            "QMPBS_JAVA_OPTS");
  }

  /** Whatever a name looks like: an assignment, a file of arguments, nothing; but an option. */
  @Property(tries = 300)
  void wordsComeOutOfTheCommandLineAsTheyWentIntoTheFile(@ForAll("words") List<String> names)
      throws IOException {
    Path folder = Files.createTempDirectory("qmpbs-config");
    try {
      Path file = folder.resolve("config.yaml");
      // JSON is YAML, and quotes whatever has to be quoted.
      Files.writeString(
          file,
          "repositories: {main: {repository: s, password-file: /x}}\n"
              + "machines: {vm: {qmp: /run/x, force-full-read: true, exclude: "
              + new ObjectMapper().writeValueAsString(names)
              + "}}\n");
      Resolution resolution = ConfigDocumentTest.resolve(folder);
      assertThat(resolution.findings()).isEmpty();
      List<String> arguments = resolution.machines().get("vm").arguments(CATALOGUE);

      ParseResult parsed = backup().parseArgs(arguments.toArray(String[]::new));
      List<String> found =
          names.isEmpty() ? List.of() : parsed.matchedOption("--exclude").getValue();
      assertThat(found).isEqualTo(names);
      assertThat(parsed.matchedOption("--qmp").stringValues()).containsExactly("/run/x");
      assertThat(parsed.hasMatchedOption("--force-full-read")).isTrue();
      assertThat(parsed.unmatched()).isEmpty();
    } finally {
      Files.delete(folder.resolve("config.yaml"));
      Files.delete(folder);
    }
  }

  @Provide
  Arbitrary<List<String>> words() {
    return Arbitraries.oneOf(
            Arbitraries.strings()
                .ascii()
                .ofMaxLength(8)
                .filter(word -> !word.matches("-.*|(?s).*\\u007f.*")),
            Arbitraries.of("@file", "a=b", "\"quoted\"", "'x'", "a,b", " ", "\u00e4"))
        .list()
        .ofMaxSize(4);
  }
}
