package org.qmpbs.client.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.qmpbs.pbs.Login;

class ConnectSettingsTest {
  private static final String PIN = "aa:".repeat(31) + "bb";
  private static final String OTHER = "0c".repeat(32);

  private final Map<String, String> environment =
      new HashMap<>(Map.of("PBS_REPOSITORY", "backup@pbs!q@host:store", "PBS_PASSWORD", "canary"));

  private Terminal terminal = prompt -> null;

  private Login login(String option) throws IOException {
    return new ConnectSettings(environment, terminal).login(option);
  }

  @Test
  void theOptionBeatsTheEnvironment() throws IOException {
    assertThat(login(null).repository().host()).isEqualTo("host");
    assertThat(login("backup@pbs!q@other:store").repository().host()).isEqualTo("other");
  }

  @Test
  void takesSeveralPinsSeparatedByCommasOrBlanks() throws IOException {
    assertThat(login(null).pins()).isEmpty();
    environment.put("PBS_FINGERPRINT", PIN + ", " + OTHER + " " + PIN);
    assertThat(login(null).pins())
        .extracting(Object::toString)
        .containsExactly(PIN, "0c:".repeat(31) + "0c", PIN);
  }

  @Test
  void aPinThatIsNoneIsNeverIgnored() {
    environment.put("PBS_FINGERPRINT", PIN + ",aa:bb");
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> login(null))
        .withMessageContaining("PBS_FINGERPRINT")
        .withMessageContaining("aa:bb");
  }

  @Test
  void saysWhichSettingIsMissing() {
    environment.remove("PBS_PASSWORD");
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> login(null))
        .withMessage("no token secret for backup@pbs!q was given, and there is no terminal to ask")
        .satisfies(e -> assertThat(e.remedy()).contains("PBS_PASSWORD_FILE"));
    environment.remove("PBS_REPOSITORY");
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> login(null))
        .withMessage("no repository was given")
        .satisfies(e -> assertThat(e.remedy()).contains("--repository"));
  }

  @Test
  void aPersonIsAskedForWhatIsNotSetAndOnlyThen() throws IOException {
    List<String> prompts = new ArrayList<>();
    char[] typed = "typed".toCharArray();
    terminal =
        prompt -> {
          prompts.add(prompt);
          return typed;
        };
    login("backup@pbs@host:store");
    assertThat(prompts).isEmpty();
    environment.remove("PBS_PASSWORD");
    login("backup@pbs@host:store");
    assertThat(prompts).containsExactly("The password of backup@pbs: ");
    assertThat(typed).containsOnly('\0');
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> new ConnectSettings(environment, prompt -> new char[0]).login(null))
        .withMessage("an empty token secret was typed");
  }

  @Test
  void saysWhereAWrongRepositoryCameFrom() {
    environment.put("PBS_REPOSITORY", "a b");
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> login(null))
        .withMessageStartingWith("PBS_REPOSITORY: ");
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> login("a b"))
        .withMessageStartingWith("--repository: ");
  }
}
