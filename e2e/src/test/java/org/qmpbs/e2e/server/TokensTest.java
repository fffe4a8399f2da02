package org.qmpbs.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
  private final Tokens tokens = new Tokens();

  TokensTest() {
    tokens.add("a@pbs!t", "s+c%r é:x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PBSAPIToken a@pbs!t:s+c%25r%20%C3%A9:x",
        "PBSAPIToken=a@pbs!t:s%2Bc%25r%20%c3%a9%3Ax",
        "PBSAPIToken a@pbs!t:s+c%r%20%C3%A9:x"
      })
  void theSecretMayBePercentEncoded(String header) throws Refused {
    assertThat(tokens.authenticate(header)).isEqualTo("a@pbs!t");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "PBSAPIToken",
        "PBSAPIToken ",
        "PBSAPIToken a@pbs!t",
        "PBSAPIToken a@pbs!t:",
        "PBSAPIToken b@pbs!t:s+c%25r%20%C3%A9:x",
        "PBSAPIToken_a@pbs!t:s+c%25r%20%C3%A9:x",
        "Basic a@pbs!t:s+c%25r%20%C3%A9:x"
      })
  void everythingElseIsRefusedWithOneText(String header) {
    assertThatThrownBy(() -> tokens.authenticate(header))
        .isInstanceOf(Refused.class)
        .hasMessage("authentication failed - invalid credentials");
  }
}
