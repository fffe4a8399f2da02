package org.qmpbs.client.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.Repository;

class EpochNameTest {
  private static final String TARGET = "0123456789abcdef";

  @Property
  void readsWhatItWrites(
      @ForAll @LongRange(min = 0, max = 99_999_999_999L) long time, @ForAll long nonce) {
    EpochName epoch = new EpochName(TARGET, time, nonce);
    assertThat(EpochName.parse(epoch.text())).contains(epoch);
  }

  @Test
  void writesTheNameThatTheDocumentationShows() {
    assertThat(new EpochName(TARGET, 1_700_000_000L, 0xfedcba9876543210L).text())
        .isEqualTo("qmpbs:0123456789abcdef:1700000000:fedcba9876543210");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "T1",
        "qmpbs:0123456789abcdef:1700000000",
        "qmpbs:0123456789ABCDEF:1700000000:fedcba9876543210",
        "qmpbs:0123456789abcdef:01700000000:fedcba9876543210",
        "qmpbs:0123456789abcdef:-1:fedcba9876543210",
        "qmpbs:0123456789abcdef:1700000000:fedcba987654321",
        "qmpbs:0123456789abcdef:1700000000:fedcba9876543210 ",
        "qmpbs:0123456789abcdef:9999999999999999999:fedcba9876543210",
        "xqmpbs:0123456789abcdef:1700000000:fedcba9876543210"
      })
  void takesNoOtherNameForItsOwn(String name) {
    assertThat(EpochName.parse(name)).isEmpty();
  }

  @Test
  void aTargetIsTheServerStoreNamespaceAndGroup() {
    BackupGroup group = BackupGroup.parse("vm/100");
    String one = target("a@pbs!t@host:store", "", group);
    assertThat(one).matches("[0-9a-f]{16}");
    assertThat(target("other@pam@host:store", "", group)).isEqualTo(one);
    List<String> others =
        List.of(
            target("a@pbs!t@host2:store", "", group),
            target("a@pbs!t@host:8008:store", "", group),
            target("a@pbs!t@host:store2", "", group),
            target("a@pbs!t@host:store", "ns", group),
            target("a@pbs!t@host:store", "", BackupGroup.parse("vm/101")),
            target("a@pbs!t@host:store", "", BackupGroup.parse("ct/100")));
    assertThat(others).doesNotContain(one).doesNotHaveDuplicates();
  }

  private static String target(String repository, String namespace, BackupGroup group) {
    return EpochName.targetOf(Repository.parse(repository), new Namespace(namespace), group);
  }

  @Test
  void knowsWhoseABitmapIs() {
    String name = new EpochName(TARGET, 1, 2).text();
    assertThat(EpochName.isOf(TARGET, name)).isTrue();
    assertThat(EpochName.isOf("fedcba9876543210", name)).isFalse();
    assertThat(EpochName.isOf(TARGET, "libvirt-1")).isFalse();
  }

  @Test
  void refusesATargetThatNoNameCouldCarry() {
    assertThatThrownBy(() -> new EpochName("short", 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
