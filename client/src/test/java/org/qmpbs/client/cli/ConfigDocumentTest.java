package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qmpbs.client.config.Catalogue;
import org.qmpbs.client.config.ConfigPlace;
import org.qmpbs.client.config.ConfigReader;
import org.qmpbs.client.config.ConfigSchema;
import org.qmpbs.client.config.Finding;
import org.qmpbs.client.config.Key;
import org.qmpbs.client.config.Precedence;
import org.qmpbs.client.config.Reference;
import org.qmpbs.client.config.Resolution;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** The documentation, the schema and the reader say the same. */
class ConfigDocumentTest {
  private static final Path DOCUMENT = Path.of("../docs/config.md");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Catalogue CATALOGUE = MachineKeys.catalogue(Host.system());
  private static final JsonSchema MAIN = schema(new ConfigSchema(CATALOGUE).main());
  private static final JsonSchema MACHINE = schema(new ConfigSchema(CATALOGUE).machine());

  @TempDir private Path folder;

  private static JsonSchema schema(ObjectNode node) {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(node);
  }

  private static Set<ValidationMessage> validate(JsonSchema schema, String yaml) {
    LoadSettings settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
    JsonNode document = JSON.valueToTree(new Load(settings).loadFromString(yaml));
    return schema.validate(document);
  }

  @ParameterizedTest
  @CsvSource({"docs/config.schema.json,", "docs/machine.schema.json,--machine"})
  void theSchemaThatIsShippedIsTheOneOfTheCatalogue(String file, String option) throws Exception {
    TestHost host = new TestHost();
    String[] command = {"config", "schema"};
    assertThat(
            host.run(
                Stream.concat(Stream.of(command), Stream.ofNullable(option))
                    .toArray(String[]::new)))
        .isZero();
    assertThat(Path.of("..", file))
        .as("write it anew with: qmpbs config schema > " + file)
        .hasContent(host.out());
  }

  @Test
  void theReferenceListsExactlyTheKeysThatThereAre() throws Exception {
    assertThat(table("machine")).isEqualTo(Reference.machines(CATALOGUE));
    assertThat(table("repository")).isEqualTo(Reference.entries(CATALOGUE.repositoryKeys()));
    assertThat(table("key")).isEqualTo(Reference.entries(CATALOGUE.keyKeys()));
  }

  private static List<String> table(String name) throws IOException {
    List<String> lines = Files.readAllLines(DOCUMENT);
    int start = lines.indexOf("<!-- keys of a " + name + " -->");
    return lines.subList(start + 1, lines.size()).stream()
        .takeWhile(line -> line.startsWith("|"))
        .toList();
  }

  @Test
  void theExamplesOfTheDocumentAreRightForTheReaderAndForEditors() throws Exception {
    Matcher blocks =
        Pattern.compile("```yaml\n# (\\S+)\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(DOCUMENT));
    List<String> files = new ArrayList<>();
    while (blocks.find()) {
      String name = Path.of(blocks.group(1)).getFileName().toString();
      boolean main = name.equals("config.yaml");
      files.add(name);
      write(main ? name : "machines.d/" + name, blocks.group(2));
      assertThat(validate(main ? MAIN : MACHINE, blocks.group(2))).isEmpty();
    }
    assertThat(files).contains("config.yaml").hasSizeGreaterThan(1);
    assertThat(resolve()).isEmpty();
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwx------"));
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private List<Finding> resolve() throws IOException {
    return resolve(folder).findings();
  }

  static Resolution resolve(Path folder) throws IOException {
    long uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return Resolution.of(
        new ConfigReader(CATALOGUE, uid).read(ConfigPlace.find(folder, Map.of(), uid)),
        CATALOGUE,
        new Precedence(CATALOGUE, Map.of(), Map.of()),
        new BackupTrial(Host.system()));
  }

  @Test
  void anEditorMarksWhatTheReaderRefuses() {
    assertThat(validate(MACHINE, "qmp: /run/x\nscrtach: /tmp\n")).hasSize(1);
    assertThat(validate(MACHINE, "rate: 20M\n")).hasSize(1);
    assertThat(validate(MACHINE, "qmp: run/x\n")).hasSize(1);
    assertThat(validate(MACHINE, "qmp: /run/x\nfreeze: maybe\n")).hasSize(1);
    assertThat(validate(MACHINE, "qmp: /run/x\nfail-on-skip: yes\n")).hasSize(1);
    assertThat(validate(MACHINE, "qmp: /run/x\nretention: {keep-daily: 0}\n")).hasSize(1);
    assertThat(validate(MACHINE, "qmp: /run/x\nretention.keep-daily: 7\n")).hasSize(1);
    assertThat(validate(MAIN, "repositories: {a: {repository: store}}\n")).isNotEmpty();
    assertThat(validate(MAIN, "defaults: {qmp: /run/x}\n")).hasSize(1);
    assertThat(validate(MAIN, "machine: {}\n")).hasSize(1);
  }

  /** A mark on a line that is right teaches people to ignore marks. */
  @Property(tries = 500)
  void anEditorMarksNothingThatTheReaderTakes(
      @ForAll("keys") Key key, @ForAll("values") String value) throws IOException {
    int dot = key.path().indexOf('.');
    String line =
        dot < 0
            ? key.path() + ": " + value
            : key.path().substring(0, dot)
                + ": {"
                + key.path().substring(dot + 1)
                + ": "
                + value
                + "}";
    String file = (key.path().equals("qmp") ? "" : "qmp: /run/x\n") + line + "\n";
    folder = Files.createTempDirectory("qmpbs-config");
    try {
      write("config.yaml", "repositories:\n  main: {repository: s, password-file: /x}\n");
      write("machines.d/vm.yaml", file);
      if (resolve().stream().noneMatch(Finding::isError)) {
        assertThat(validate(MACHINE, file)).as(file).isEmpty();
      }
    } finally {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  @Provide
  Arbitrary<Key> keys() {
    return Arbitraries.of(CATALOGUE.machineKeys());
  }

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.of(
        "7",
        "0",
        "-1",
        "007",
        "1.5",
        "1e3",
        "true",
        "'true'",
        "False",
        "off",
        "~",
        "''",
        "/srv",
        "4h",
        "20M",
        "5%",
        "1/7",
        "daily",
        "'21:30'",
        "22:00-06:00",
        "skip",
        "[]",
        "[a, b]",
        "[a, [b]]",
        "[1, true]",
        "{a: b}",
        "main",
        "echo it",
        "vm",
        "\"a\\tb\"",
        "0x1F",
        ".inf");
  }
}
