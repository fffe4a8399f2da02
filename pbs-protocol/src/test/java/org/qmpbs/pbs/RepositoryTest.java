package org.qmpbs.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"me@pbs.example:store1", "me!job@pbs.example:store1", "me@host:8008:store1"})
  void aUserWithoutARealmIsToldSo(String text) {
    assertThatThrownBy(() -> Repository.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no realm; write me@pbs, @pam or another");
  }

  @Test
  void aUserIsNoToken() {
    assertThat(Repository.parse("me@pbs@host:store1").isToken()).isFalse();
    assertThat(Repository.parse("me@pbs!job@host:store1").isToken()).isTrue();
    assertThat(Repository.parse("store1").authId()).isEqualTo("root@pam");
  }
}
