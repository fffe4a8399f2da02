package org.qmpbs.client.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShellWordsTest {
  @Test
  void splitsLikeAShellButExpandsNothing() {
    assertThat(ShellWords.split("pass  show 'my server/pbs' \"a \\\"b\\\" $HOME\" c\\ d ''"))
        .containsExactly("pass", "show", "my server/pbs", "a \"b\" $HOME", "c d", "");
    assertThat(ShellWords.split("  ")).isEmpty();
  }

  @Test
  void refusesAnOpenQuoteAndATrailingBackslash() {
    assertThatThrownBy(() -> ShellWords.split("a 'b")).hasMessageContaining("quote");
    assertThatThrownBy(() -> ShellWords.split("a \"b\\")).hasMessageContaining("quote");
    assertThatThrownBy(() -> ShellWords.split("a\\")).hasMessageContaining("backslash");
  }
}
