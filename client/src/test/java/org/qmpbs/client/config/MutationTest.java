package org.qmpbs.client.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What becomes of a good file that somebody changed. */
class MutationTest {
  private static final String GOOD =
      """
      # what all machines have
      repositories:
        main:
          repository: backup@pbs!qmpbs@pbs.example:store1
          password-file: /etc/qmpbs/pbs.secret
      keys:
        main:
          file: /etc/qmpbs/key.json
      defaults:
        rate: 20M
        schedule: mon..fri 02:00
        retention: {keep-daily: 7, keep-weekly: 4}
        hooks:
          failed: [logger, -t, qmpbs, 'it ''failed''']
          after: "curl -fsS http://localhost/ok"
      machines:
        vm100:
          qmp: /run/vm100.qmp
          key: main
          disk:
          - scsi0
          - scsi1=boot
          force-full-read: false
        101: {qmp: /run/101.qmp, freeze: off, retry: 0}
      """;

  /**
   * What a slip of the keyboard does.
   *
   * @param at how far into the file, from 0 to 1
   * @param length characters that it replaces
   * @param text what it puts there
   */
  record Slip(double at, int length, String text) {
    String in(String file) {
      int from = (int) (at * file.length());
      return file.substring(0, from)
          + text
          + file.substring(Math.min(file.length(), from + length));
    }
  }

  @Provide
  Arbitrary<List<Slip>> slips() {
    Arbitrary<String> text =
        Arbitraries.oneOf(
            Arbitraries.of(
                "", "\n", "  ", "\t", ":", ": ", "- ", "'", "\"", "#", "&a ", "*a", "!", "|"),
            Arbitraries.of(
                "{", "}", "[", "]", "---\n", "? ", "~", "@", "%", "\u0000", "\r", "\u00e4"),
            Arbitraries.strings().ofMaxLength(3));
    return Combinators.combine(
            Arbitraries.doubles().between(0, 1), Arbitraries.integers().between(0, 12), text)
        .as(Slip::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  @Test
  void theFileIsGood() {
    assertThat(InMemory.findings(InMemory.read(GOOD))).isEmpty();
  }

  @Property(tries = 2000)
  void everyFindingIsAtAPlaceInTheFile(@ForAll("slips") List<Slip> slips) {
    String file = GOOD;
    for (Slip slip : slips) {
      file = slip.in(file);
    }
    Configuration configuration = InMemory.read(file);
    String[] lines = file.split("\r\n|\n|\r", -1);
    for (Finding finding : InMemory.findings(configuration)) {
      Place place = (Place) finding.where();
      assertThat(place.file()).isEqualTo(InMemory.FILE);
      assertThat(place.line()).as(finding.toString()).isBetween(0, lines.length + 1);
      if (place.line() > 0 && place.line() <= lines.length) {
        String line = lines[place.line() - 1];
        assertThat(place.column())
            .as(finding.toString())
            .isBetween(1, line.codePointCount(0, line.length()) + 1);
      }
      assertThat(finding.problem()).isNotBlank().doesNotContain("\n");
      assertThat(finding.remedy()).isNotBlank();
    }
    // Reading it twice says the same: nothing depends on the order of a hash table.
    assertThat(InMemory.read(file)).isEqualTo(configuration);
  }

  @Property(tries = 300)
  void commentsAndBlankLinesMeanNothing(
      @ForAll("places") List<Integer> places, @ForAll boolean carriageReturns) {
    List<String> lines = new ArrayList<>(Arrays.asList(GOOD.split("\n", -1)));
    for (int place : places) {
      lines.add(place % lines.size(), place % 2 == 0 ? "" : "   # rate: 1M");
    }
    Configuration changed = InMemory.read(String.join(carriageReturns ? "\r\n" : "\n", lines));
    assertThat(changed.findings()).isEmpty();
    assertThat(InMemory.words(changed)).isEqualTo(InMemory.words(InMemory.read(GOOD)));
  }

  @Provide
  Arbitrary<List<Integer>> places() {
    return Arbitraries.integers().between(0, 1000).list().ofMaxSize(5);
  }
}
