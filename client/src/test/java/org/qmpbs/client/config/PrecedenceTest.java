package org.qmpbs.client.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecedenceTest {
  private static final String TWO_REPOSITORIES =
      """
      repositories:
        main:
          repository: backup@pbs!qmpbs@pbs.example:store1
          fingerprint: [FF, EE]
          ns: servers
          password-command: [pass, "show it's"]
        other:
          repository: backup@pbs!qmpbs@other.example:store2
          password-credential: other-token
      keys:
        main: {file: /etc/qmpbs/key.json, crypt-mode: sign-only, password-file: /etc/qmpbs/pass}
      defaults:
        repository: main
        rate: 20M
        retry: 5
        force-full-read: true
      machines:
        vm100: {qmp: /run/vm100.qmp, rate: 10M, key: main}
        vm101: {qmp: /run/vm101.qmp, repository: other, force-full-read: false, disk: scsi0}
      """
          .replace("FF, EE", "'" + "ff".repeat(32) + "', '" + "ee".repeat(32) + "'");

  @TempDir private Path directory;
  private ConfigFolder folder;

  @BeforeEach
  void folder() throws Exception {
    folder = new ConfigFolder(directory).main(TWO_REPOSITORIES);
  }

  private String from(Resolution resolution, String key) {
    assertThat(resolution.findings()).isEmpty();
    return resolution
        .machines()
        .get("vm100")
        .value(key)
        .map(value -> value.text() + " " + value.origin().label())
        .orElse("-")
        .replace(directory + "/", "");
  }

  @Test
  void theOptionWinsThenTheVariableThenTheMachineThenTheDefaults() throws Exception {
    Map<String, String> environment = Map.of("QMPBS_RATE", "5M");
    Map<String, List<String>> options = Map.of("rate", List.of("1M"));
    assertThat(from(folder.resolve(environment, options), "rate")).isEqualTo("1M --rate");
    assertThat(from(folder.resolve(environment, Map.of()), "rate")).isEqualTo("5M QMPBS_RATE");
    assertThat(from(folder.resolve(), "rate")).isEqualTo("10M config.yaml:18:38");
    assertThat(from(folder.resolve(), "retry")).isEqualTo("5 config.yaml:15:10");
    assertThat(from(folder.resolve(), "ns")).isEqualTo("servers config.yaml:5:9");
    assertThat(from(folder.resolve(), "backup-id")).isEqualTo("vm100 built-in");
    assertThat(from(folder.resolve(), "scratch")).isEqualTo("-");
  }

  @Test
  void aVariableIsCheckedLikeAKey() throws Exception {
    assertThat(
            folder.findings(
                folder.resolve(
                    Map.of(
                        "QMPBS_RATE", "fast", "QMPBS_FORCE_FULL_READ", "yes", "QMPBS_SCRATCH", ""),
                    Map.of())))
        .containsExactlyInAnyOrder(
            "QMPBS_SCRATCH QMPBS_SCRATCH: expected an absolute path, found nothing",
            "QMPBS_RATE QMPBS_RATE: 'fast' is not a size; expected for instance 10M or 20MiB",
            "QMPBS_FORCE_FULL_READ QMPBS_FORCE_FULL_READ: expected true or false, found 'yes'");
    assertThat(
            folder
                .resolve(Map.of("QMPBS_DISK", "scsi0,scsi1=boot"), Map.of())
                .machines()
                .get("vm100")
                .arguments(Keys.CATALOGUE))
        .contains("--disk=scsi0", "--disk=scsi1=boot");
  }

  @Test
  void aMachineBecomesTheCommandLineThatItIsShortFor() throws Exception {
    Resolution resolution = folder.resolve();
    assertThat(resolution.findings()).isEmpty();
    assertThat(resolution.machines().get("vm100").arguments(Keys.CATALOGUE))
        .containsExactly(
            "--qmp=/run/vm100.qmp",
            "--backup-id=vm100",
            "--ns=servers",
            "--rate=10M",
            "--retry=5",
            "--force-full-read",
            "--keyfile=/etc/qmpbs/key.json",
            "--crypt-mode=sign-only");
    assertThat(resolution.machines().get("vm101").arguments(Keys.CATALOGUE))
        .containsExactly(
            "--qmp=/run/vm101.qmp", "--backup-id=vm101", "--disk=scsi0", "--rate=20M", "--retry=5");
  }

  @Test
  void aMachineMayDoWithoutTheKeyOfTheOthers() throws Exception {
    folder.main(
        TWO_REPOSITORIES.replace("  rate: 20M", "  key: main").replace("key: main}", "key: none}"));
    Resolution resolution = folder.resolve();
    assertThat(resolution.machines().get("vm100").arguments(Keys.CATALOGUE))
        .contains("--crypt-mode=none")
        .noneMatch(argument -> argument.startsWith("--keyfile"));
    assertThat(resolution.machines().get("vm101").arguments(Keys.CATALOGUE))
        .contains("--keyfile=/etc/qmpbs/key.json");
    folder.main(TWO_REPOSITORIES.replace("keys:\n  main:", "keys:\n  none:"));
    assertThat(folder.findings(folder.resolve()).toString()).contains("none can have that name");
  }

  /** The secret of one server must not go to another, whatever is in the environment. */
  @Test
  void aRepositoryTakesNothingOfAnotherOneFromTheEnvironment() throws Exception {
    Map<String, String> environment =
        Map.of(
            "PBS_REPOSITORY_FILE", "/elsewhere",
            "PBS_PASSWORD", "canary",
            "PBS_FINGERPRINT", "canary",
            "PBS_ENCRYPTION_PASSWORD_FD", "7",
            "QMPBS_SCRATCH", "/srv",
            "QMPBS_DEBUG", "1",
            "CREDENTIALS_DIRECTORY", "/run/credentials/qmpbs");
    Resolution resolution = folder.resolve(environment, Map.of());
    Invocation first =
        Invocation.of(resolution.machines().get("vm100"), Keys.CATALOGUE, environment);
    assertThat(first.environment())
        .containsOnly(
            Map.entry("PBS_REPOSITORY", "backup@pbs!qmpbs@pbs.example:store1"),
            Map.entry("PBS_FINGERPRINT", "ff".repeat(32) + "," + "ee".repeat(32)),
            Map.entry("PBS_PASSWORD_CMD", "'pass' 'show it'\\''s'"),
            Map.entry("PBS_ENCRYPTION_PASSWORD_FILE", "/etc/qmpbs/pass"),
            Map.entry("QMPBS_DEBUG", "1"));
    assertThat(first.arguments()).contains("--scratch=/srv");
    Invocation second =
        Invocation.of(resolution.machines().get("vm101"), Keys.CATALOGUE, environment);
    assertThat(second.environment())
        .containsEntry("PBS_REPOSITORY", "backup@pbs!qmpbs@other.example:store2")
        .containsEntry("PBS_PASSWORD_FILE", "/run/credentials/qmpbs/other-token")
        .doesNotContainKeys("PBS_PASSWORD", "PBS_FINGERPRINT", "CREDENTIALS_DIRECTORY");
  }

  @Test
  void aCredentialThatIsNotToBeHadIsSaidByName() throws Exception {
    EffectiveMachine machine = folder.resolve().machines().get("vm101");
    assertThatThrownBy(() -> Invocation.of(machine, Keys.CATALOGUE, Map.of()))
        .isInstanceOf(CredentialMissingException.class)
        .hasMessageContainingAll("other-token", "CREDENTIALS_DIRECTORY");
  }

  @Test
  void theOnlyRepositoryNeedNotBeNamed() throws Exception {
    folder.main(ConfigFolder.MAIN);
    Resolution resolution = folder.resolve(Map.of("PBS_REPOSITORY", "elsewhere"), Map.of());
    assertThat(resolution.machines().get("vm100").repository().orElseThrow().name())
        .isEqualTo("main");
    folder.main("machines: {vm100: {qmp: /run/vm100.qmp}}\n");
    assertThat(folder.resolve(Map.of("PBS_REPOSITORY", "elsewhere"), Map.of()).findings())
        .isEmpty();
    assertThat(folder.resolve().findings()).hasSize(1);
  }
}
