package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchiveNamesTest {
  @ParameterizedTest
  @CsvSource({
    "scsi0, drive-scsi0.img.fidx",
    "drive-scsi0, drive-scsi0.img.fidx",
    "#block123, drive-_block123.img.fidx",
    "a/b c, drive-a_b_c.img.fidx",
    "größe, drive-gr__e.img.fidx"
  })
  void aDisksArchiveIsNamedAsProxmoxNamesIt(String disk, String archive)
      throws DiskChoiceException {
    assertThat(ArchiveNames.ofDisk(disk)).isEqualTo(archive);
  }

  @ParameterizedTest
  @CsvSource({
    "root, root.img.fidx",
    "root.img, root.img.fidx",
    "root.fidx, root.img.fidx",
    "root.img.fidx, root.img.fidx",
    "-x, _x.img.fidx",
    ".x, _x.img.fidx"
  })
  void aGivenNameGetsTheEndingsItLacks(String given, String archive) throws DiskChoiceException {
    assertThat(ArchiveNames.normalise(given)).isEqualTo(archive);
  }

  @Property
  void everyNameBecomesOneThatTheServerTakes(@ForAll @StringLength(min = 1, max = 150) String name)
      throws DiskChoiceException {
    String archive = ArchiveNames.ofDisk(name);
    assertThat(archive).matches("[A-Za-z0-9_][A-Za-z0-9._-]*\\.img\\.fidx");
    assertThat(ArchiveNames.normalise(archive)).isEqualTo(archive);
  }

  @Test
  void refusesNamesOfNothingAndEndlessOnes() {
    assertThatThrownBy(() -> ArchiveNames.normalise(".img.fidx"))
        .isInstanceOf(DiskChoiceException.class);
    assertThatThrownBy(() -> ArchiveNames.normalise("x".repeat(300)))
        .isInstanceOf(DiskChoiceException.class);
  }
}
