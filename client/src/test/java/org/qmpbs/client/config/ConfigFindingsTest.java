package org.qmpbs.client.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFindingsTest {
  @TempDir private Path directory;
  private ConfigFolder folder;

  @BeforeEach
  void folder() throws Exception {
    folder = new ConfigFolder(directory);
  }

  private static String resource(String name) throws Exception {
    try (var in = ConfigFindingsTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aFileWithEveryMistakeHasAllOfThemAtTheirPlaces() throws Exception {
    folder.main(resource("mistakes.yaml"));
    List<String> found = folder.findings(folder.resolve());
    assertThat(String.join("\n", found) + "\n").isEqualTo(resource("mistakes.findings"));
    assertThat(found.toString()).doesNotContain("hunter2-canary", "pass show");
  }

  @Test
  void whatNeitherTheReaderNorTheUserNeedsOfYamlIsRefusedWhereItStands() throws Exception {
    assertThat(yaml("a: &x 1\nb: *x\n"))
        .containsExactly(
            "config.yaml:1:4 : expected keys, lists and values, found an anchor",
            "config.yaml:2:4 : expected keys, lists and values, found an alias");
    assertThat(yaml("---\na: 1\n---\nb: 1\n"))
        .containsExactly(
            "config.yaml:3:1 : expected keys, lists and values, found a second document");
    assertThat(yaml("a: !!str 1\n"))
        .containsExactly("config.yaml:1:4 : expected keys, lists and values, found a tag");
    assertThat(yaml("a:\n\tb: 1\n")).singleElement().asString().startsWith("config.yaml:2:1 ");
    assertThat(yaml("a: [\n")).singleElement().asString().contains("no YAML");
    assertThat(yaml("[".repeat(20) + "]".repeat(20)))
        .containsExactly("config.yaml:1:17 : expected keys, lists and values, found 16 levels");
    assertThat(yaml("[a]: 1\n")).containsExactly("config.yaml:1:1 : expected a key, found a list");
    assertThat(yaml("ok: 1\nbell: \u0007\n"))
        .singleElement()
        .asString()
        .startsWith("config.yaml:2:7 ");
    assertThat(yaml("a: 1\nb: 2\na: 3\n"))
        .containsExactly(
            "config.yaml:3:1 a: 'a' stands here a second time, the first is at config.yaml:1:1");
    assertThat(yaml("a: " + "x".repeat(5000)))
        .containsExactly(
            "config.yaml:1:4 : expected keys, lists and values, found a text of more than 4096"
                + " characters");
    assertThat(yaml("#" + "x".repeat(YamlReader.MAX_BYTES)))
        .containsExactly("config.yaml : the file is larger than 1048576 bytes");
  }

  @Test
  void aFileThatIsNotUtf8SaysWhere() {
    Findings findings = new Findings();
    byte[] latin1 = "a: 1\nb: \u00e4\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(new YamlReader(Path.of("config.yaml"), findings).read(latin1)).isEmpty();
    assertThat(findings.sorted())
        .singleElement()
        .satisfies(finding -> assertThat(finding.where().label()).isEqualTo("config.yaml:2:4"));
  }

  private static List<String> yaml(String text) {
    Findings findings = new Findings();
    new YamlReader(Path.of("config.yaml"), findings).read(text.getBytes(StandardCharsets.UTF_8));
    return findings.sorted().stream()
        .map(finding -> finding.where().label() + " " + finding.path() + ": " + finding.problem())
        .toList();
  }

  @Test
  void twoMachinesThatWouldHarmEachOtherAreRefused() throws Exception {
    folder
        .main(ConfigFolder.MAIN)
        .machine("vm100", "qmp: /run/other.qmp\n")
        .machine("vm101", "qmp: /run/./vm100.qmp\nagent-socket: /run/a\n")
        .machine("vm102", "qmp: /run/vm102.qmp\nbackup-id: vm101\nagent-socket: /run/a\n");
    assertThat(folder.findings(folder.resolve()))
        .containsExactly(
            "machines.d/vm100.yaml:1:1 machines.vm100: there are two of the name 'vm100', the other"
                + " one is at config.yaml:8:3",
            "machines.d/vm101.yaml:1:1 machines.vm101: 'vm101' and 'vm100' (config.yaml:8:3) have"
                + " the same monitor socket: /run/vm100.qmp",
            "machines.d/vm102.yaml:1:1 machines.vm102: 'vm102' and 'vm101' (machines.d/vm101.yaml:1:1)"
                + " are backed up to the same group: pbs.example:8007:store1 vm/vm101",
            "machines.d/vm102.yaml:1:1 machines.vm102: 'vm102' and 'vm101' (machines.d/vm101.yaml:1:1)"
                + " have the same agent socket: /run/a");
  }

  @Test
  void aVariableThatWouldGiveAllMachinesOneIdIsRefused() throws Exception {
    folder.main(ConfigFolder.MAIN).machine("vm101", "qmp: /run/vm101.qmp\n");
    assertThat(folder.findings(folder.resolve(Map.of("QMPBS_BACKUP_ID", "7"), Map.of())))
        .singleElement()
        .asString()
        .contains("are backed up to the same group: pbs.example:8007:store1 vm/7");
  }

  @Test
  void aMachineThatIsNotReadIsNotForgottenSilently() throws Exception {
    folder
        .main(ConfigFolder.MAIN)
        .machine("empty", "")
        .machine("comment", "# qmp: /run/x\n")
        .file("machines.d/other.yml", "qmp: /run/other.qmp\n");
    assertThat(folder.findings(folder.resolve()))
        .containsExactly(
            "machines.d/comment.yaml:1:1 machines.comment: 'qmp' is missing",
            "machines.d/empty.yaml:1:1 machines.empty: 'qmp' is missing",
            "machines.d/other.yml warning: : this file is not read");
    Files.createDirectory(directory.resolve("machines.d/folder.yaml"));
    assertThat(folder.findings(folder.resolve()))
        .contains("machines.d/folder.yaml : this is not a file");
    Files.delete(directory.resolve("config.yaml"));
    assertThat(folder.findings(folder.resolve()).toString())
        .contains("no repository is configured");
  }

  @Test
  void whatIsNamedAndNotThereOrThereAndNotNamedIsSaid() throws Exception {
    folder.main(
        ConfigFolder.MAIN
            + "  vm1: {qmp: /run/1, key: mian}\n"
            + "keys:\n  main: {file: /etc/qmpbs/key.json}\n");
    assertThat(folder.findings(folder.resolve()))
        .containsExactly(
            "config.yaml:9:27 keys.mian: there is no 'mian' among the keys; did you mean 'main'?",
            "config.yaml:11:3 warning: keys.main: no machine uses 'main'");
  }

  @Test
  void whoMayWriteTheConfigurationMayRunCommands() throws Exception {
    folder.main(ConfigFolder.MAIN).machine("vm101", "qmp: /run/vm101.qmp\n");
    folder.mode("config.yaml", "rw-rw-r--").mode("machines.d", "rwxrwxrwx");
    assertThat(folder.findings(folder.resolve()))
        .containsExactly(
            "config.yaml : others may write it (mode 0664), and could have other commands run than"
                + " yours",
            "machines.d : others may write it (mode 0777), and could have other commands run than"
                + " yours");
  }

  @Test
  void aFileThatOthersReadMayNotHoldWhatLooksLikeASecret() throws Exception {
    String ping = "curl -fsS https://hc-ping.com/0c8f2e9a-7d53-4d8e-9b0e-0a1b2c3d4e5f";
    folder.main(ConfigFolder.MAIN).machine("vm101", "qmp: /run/1.qmp\nhooks:\n  after: " + ping);
    assertThat(folder.findings(folder.resolve()))
        .containsExactly(
            "machines.d/vm101.yaml:3:10 : this looks like a secret, and others may read the file"
                + " (mode 0644)");
    folder.mode("machines.d/vm101.yaml", "rw-------");
    Resolution resolution = folder.resolve();
    assertThat(resolution.findings()).isEmpty();
    Value hook = resolution.machines().get("vm101").value("hooks.after").orElseThrow();
    assertThat(hook.words()).last().asString().contains("0c8f2e9a");
    assertThat(hook.shown()).containsExactly("curl", "-fsS", "https://hc-ping.com/***");
  }
}
