package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A catalogue of failures whose proofs do not exist would be the first lie of this tool. */
class FailuresDocumentTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern PROOF = Pattern.compile("`([A-Z][A-Za-z0-9]*Test)\\.([a-z]\\w*)`");
  private static final Pattern METHOD = Pattern.compile("(?m)^  void ([a-z]\\w*)\\(");

  @Test
  void everyTestThatTheCatalogueNamesExists() throws IOException {
    Set<String> existing = existingTests();
    List<String> missing = new ArrayList<>();
    Matcher proof = PROOF.matcher(Files.readString(ROOT.resolve("docs/failures.md")));
    int named = 0;
    while (proof.find()) {
      named++;
      String test = proof.group(1) + "." + proof.group(2);
      if (!existing.contains(test)) {
        missing.add(test);
      }
    }
    assertThat(missing).isEmpty();
    assertThat(named).isGreaterThan(60);
  }

  @Test
  void everyRowHasAProofOrSaysThatItIsNotDone() throws IOException {
    List<String> rows =
        Files.readAllLines(ROOT.resolve("docs/failures.md")).stream()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| what happens"))
            .toList();
    assertThat(rows)
        .allSatisfy(
            row -> assertThat(PROOF.matcher(row).find() || row.contains("| - ")).as(row).isTrue());
  }

  /** Class and method of every test in the sources of all modules. */
  private static Set<String> existingTests() throws IOException {
    Set<String> tests = new HashSet<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(each -> each.toString().endsWith("Test.java")).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        Matcher method = METHOD.matcher(Files.readString(file));
        while (method.find()) {
          tests.add(name + "." + method.group(1));
        }
      }
    }
    return tests;
  }
}
