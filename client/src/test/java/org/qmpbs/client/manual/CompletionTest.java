package org.qmpbs.client.manual;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scripts in the shells they are for; what is typed is the same for all. */
class CompletionTest {
  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws Exception {
    Manual.write(folder, "1.2.3", "2026-11-21");
    Files.createFile(folder.resolve("disk one.qcow2"));
    Files.createDirectory(folder.resolve("disks"));
  }

  private enum Shell {
    BASH("bash", "--norc", "--noprofile"),
    ZSH("zsh", "-f"),
    FISH("fish", "--no-config");

    private final List<String> command;

    Shell(String... command) {
      this.command = Arrays.asList(command);
    }

    /** What the shell offers for the last word of each of {@code lines}. */
    List<Set<String>> offers(String... lines) throws Exception {
      Shells.needed(command.get(0));
      List<String> call = new ArrayList<>(command);
      call.add(CompletionTest.class.getResource("complete." + command.get(0)).getPath());
      call.add(folder.toString());
      call.addAll(Arrays.asList(lines));
      List<Set<String>> offers = new ArrayList<>();
      for (String line : Shells.run(call.toArray(String[]::new)).lines().toList()) {
        if (line.startsWith("qmpbs ")) {
          assertThat(line).isEqualTo(lines[offers.size()]);
          offers.add(new TreeSet<>());
        } else if (!line.isBlank()) {
          offers.get(offers.size() - 1).add(line.strip());
        }
      }
      return offers;
    }
  }

  @ParameterizedTest
  @EnumSource
  void commandsAreOfferedByName(Shell shell) throws Exception {
    List<Set<String>> offers =
        shell.offers("qmpbs ", "qmpbs ba", "qmpbs key cr", "qmpbs bitmap che", "qmpbs help ba");
    assertThat(offers.get(0)).contains("backup", "restore", "key", "bitmap").doesNotContain("list");
    assertThat(offers.get(1)).containsExactly("backup");
    assertThat(offers.get(2)).containsExactly("create", "create-master-key");
    assertThat(offers.get(3)).containsExactly("check");
    assertThat(offers.get(4)).containsExactly("backup");
  }

  @ParameterizedTest
  @EnumSource
  void everyOptionOfEveryCommandIsOffered(Shell shell) throws Exception {
    List<CommandModel> commands = Manual.model().all().toList();
    List<Set<String>> offers =
        shell.offers(
            commands.stream()
                .map(command -> String.join(" ", command.path()) + " --")
                .toArray(String[]::new));
    for (int i = 0; i < commands.size(); i++) {
      assertThat(offers.get(i))
          .as("%s", commands.get(i).path())
          .containsExactlyInAnyOrderElementsOf(longOptions(commands.get(i)));
    }
  }

  private static List<String> longOptions(CommandModel command) {
    return command.options().stream()
        .flatMap(option -> option.names().stream())
        .filter(name -> name.startsWith("--"))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void valuesAreWordsOrFilesOrFolders(Shell shell) throws Exception {
    List<Set<String>> offers =
        shell.offers(
            "qmpbs backup --freeze ",
            "qmpbs backup --output-format j",
            "qmpbs backup --dry-run --checkpoint-interval ",
            "qmpbs backup --qmp disk",
            "qmpbs backup --scratch disk",
            "qmpbs backup --backup-id disk",
            "qmpbs bitmap check disk\\ o",
            "qmpbs restore --rate 1M vm/100 drive-scsi0.img disk",
            "qmpbs backup --freeze=t");
    assertThat(offers.get(0)).containsExactly("off", "require", "try");
    assertThat(offers.get(1)).containsExactly("json", "json-pretty");
    assertThat(offers.get(2)).containsExactly("off");
    assertThat(offers.get(3)).hasSize(2);
    assertThat(offers.get(4)).hasSize(1);
    assertThat(offers.get(5)).isEmpty();
    assertThat(offers.get(6)).hasSize(1);
    assertThat(offers.get(7)).hasSize(2);
    assertThat(offers.get(8)).singleElement().asString().endsWith("try");
  }

  @Test
  void thePagesOfAllShellsAreMadeOfTheSameModel() throws Exception {
    List<String> names =
        Manual.model()
            .all()
            .flatMap(command -> command.options().stream())
            .map(OptionModel::longestName)
            .distinct()
            .toList();
    try (Stream<Path> scripts = Files.list(folder.resolve("completion"))) {
      for (Path script : scripts.toList()) {
        String text = Files.readString(script);
        assertThat(names).allMatch(name -> text.contains(name.replaceFirst("^--", "")));
      }
    }
  }
}
