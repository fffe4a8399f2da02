package org.qmpbs.client.manual;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ManualPagesTest {
  @TempDir private static Path folder;
  private static CommandModel program;

  @BeforeAll
  static void write() throws Exception {
    Manual.write(folder, "1.2.3", "2026-11-21");
    program = Manual.model();
  }

  private static Path page(CommandModel command) {
    return folder.resolve("man1").resolve(command.page() + ".1");
  }

  @TestFactory
  Stream<DynamicTest> everyPageRendersWithoutAWarning() {
    return program
        .all()
        .map(
            command ->
                DynamicTest.dynamicTest(
                    command.page(),
                    () ->
                        assertThat(
                                Shells.run(
                                    Shells.needed("groff"),
                                    "-ww",
                                    "-man",
                                    "-Tutf8",
                                    "-z",
                                    page(command).toString()))
                            .isEmpty()));
  }

  @Test
  void whatIsReadIsWhatTheCommandLineTakes() throws Exception {
    for (CommandModel command : program.all().toList()) {
      String text =
          Shells.run(
              Shells.needed("groff"), "-man", "-Tascii", "-P-cbou", page(command).toString());
      for (OptionModel option : command.options()) {
        // Not as a part of a longer one, and with hyphens that can be copied.
        option
            .names()
            .forEach(
                name ->
                    assertThat(text).containsPattern("(?m)^ +.*(?<![-\\w])" + name + "(?![-\\w])"));
      }
      command.exitCodes().keySet().forEach(code -> assertThat(text).contains("       " + code));
      assertThat(text.replaceAll("\\s+", " ")).contains(command.page() + " - ");
    }
  }

  @Test
  void thereIsAPageForEveryCommandAlsoForThoseThatAreOnlyKnownInPlace() throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("man1"))) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      assertThat(names)
          .contains("qmpbs.1", "qmpbs-backup.1", "qmpbs-bitmap-list.1", "qmpbs-key-create.1")
          // "group notes show" and "group-notes show" are the same, and share a page.
          .hasSize((int) program.all().map(CommandModel::page).distinct().count());
    }
  }

  @Test
  void textIsNeverTakenForARequest() {
    Roff page = new Roff().paragraph(".so /etc/passwd").paragraph("'x \\n(.d -- \"ä\" 5%");
    assertThat(page.toString())
        .isEqualTo(
            ".PP\n\\&.so /etc/passwd\n.PP\n" + "\\&\\(aqx \\en(.d \\-\\- \\(dq\\[u00E4]\\(dq 5%\n");
  }
}
