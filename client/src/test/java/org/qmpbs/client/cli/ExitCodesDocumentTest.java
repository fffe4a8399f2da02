package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.qmpbs.client.output.ExitCode;

class ExitCodesDocumentTest {
  @Test
  void theDocumentListsExactlyTheCodesThatThereAre() throws Exception {
    List<String> rows =
        Files.readAllLines(Path.of("../docs/exit-codes.md")).stream()
            .filter(line -> line.matches("\\| [0-9]+ \\|.*"))
            .map(line -> String.join("|", Arrays.copyOfRange(line.split(" \\| ", -1), 0, 3)))
            .toList();
    assertThat(rows)
        .containsExactlyElementsOf(
            Arrays.stream(ExitCode.values())
                .map(code -> "| " + code.code() + "|`" + code.kind() + "`|" + code.meaning())
                .toList());
  }
}
