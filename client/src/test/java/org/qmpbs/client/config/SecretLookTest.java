package org.qmpbs.client.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretLookTest {
  @ParameterizedTest
  @CsvSource({
    "curl https://hc-ping.com/0c8f2e9a-7d53-4d8e-9b0e-0a1b2c3d4e5f/fail, curl https://hc-ping.com/***/fail",
    "wget https://me:pa55@example.com/x, wget https://***@example.com/x",
    "curl -H 'Authorization: Bearer abcdefgh12345', curl -H 'Authorization: Bearer ***'",
    "tell --token=abc123, tell --token=***",
    "curl https://example.com/?push=Xk93mQ01Lp77Zr55Tq22, curl https://example.com/?push=***"
  })
  void whatOpensSomethingIsNotShown(String text, String shown) {
    assertThat(SecretLook.in(text)).isTrue();
    assertThat(SecretLook.mask(text)).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/usr/local/bin/tell-somebody --urgent",
        "cat /run/secrets/token",
        "pass show pbs/token",
        "tell --token=/run/secrets/token",
        "tell --token=$TOKEN",
        "curl -fsS https://example.com/backups/done",
        "backup@pbs!qmpbs@pbs.example:store1"
      })
  void whatOnlyNamesASecretIsNone(String text) {
    assertThat(SecretLook.in(text)).isFalse();
    assertThat(SecretLook.mask(text)).isEqualTo(text);
  }
}
