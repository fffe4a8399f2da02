package org.qmpbs.qcow2.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What QEMU refuses is called unopenable, and nothing else is. */
class AgreementWithQemuTest {
  private static final int CASES = Integer.getInteger("qmpbs.agreement.cases", 300);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"USUAL", "TINY", "WIDE"})
  void qemuRefusesExactlyWhatIsCalledUnopenable(Sample sample) throws IOException {
    byte[] whole = Files.readAllBytes(sample.in(folder));
    Path image = folder.resolve("damaged.qcow2");
    int refused = 0;
    try (StorageDaemon qemu = new StorageDaemon()) {
      for (int seed = 0; seed < CASES; seed++) {
        Draft draft = new Draft(whole);
        new RandomDamage(seed).to(draft);
        Files.write(image, draft.image());
        List<Finding> findings = ImageCheck.of(new MemoryImage(draft.image())).findings();
        // What QEMU writes when it opens an image for writing is not looked at before.
        boolean unreadable =
            findings.stream()
                .anyMatch(
                    each -> each.severity() == Severity.UNOPENABLE && each.rule() != Rule.NAME_NUL);
        boolean unwritable =
            unreadable
                || findings.stream()
                    .anyMatch(
                        each ->
                            each.severity() == Severity.UNOPENABLE
                                || each.severity() == Severity.DANGEROUS);
        Optional<String> read = qemu.refusal(image, false);
        assertThat(read.isPresent())
            .as("seed %d: QEMU says %s, we say %s", seed, read, findings)
            .isEqualTo(unreadable);
        Optional<String> write = qemu.refusal(image, true);
        assertThat(write.isPresent() && !unwritable)
            .as("seed %d: QEMU says %s, we say %s", seed, write, findings)
            .isFalse();
        refused += read.isPresent() ? 1 : 0;
      }
    }
    assertThat(refused).isBetween(CASES / 4, CASES * 19 / 20);
  }
}
