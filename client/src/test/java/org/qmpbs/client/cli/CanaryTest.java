package org.qmpbs.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qmpbs.client.cli.LeakyServer.Mode;
import org.qmpbs.client.memory.MemoryAdmin;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Timeouts;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Whatever fails, no secret is shown. Commands are found in the command line itself, so that one
 * that is added later is tried, too.
 */
@Timeout(300)
class CanaryTest {
  /** Odd characters make the encoded forms differ from the plain one. */
  private static final String PASSWORD = "kanari-password/ä+\"1";

  private static final String PASSPHRASE = "kanari-passphrase/ö+\"2";

  /** Its work is to show the key. */
  private static final String SHOWS_THE_KEY = "key paperkey";

  private static final String DEFAULT_KEY = "config/proxmox-backup/encryption-key.json";

  /** Looks at its machine before it asks the server for anything. */
  private static final String NEEDS_A_MACHINE = "backup";

  /** Has the options of a backup and uses none. */
  private static final String SHOWS_OPTIONS = "config show";

  /** Without them a command would end before it has told the server anything. */
  private static final Set<String> WANTED =
      Set.of("--retry", "--backup-id", "--force", "--yes", "--keep-last");

  private static final Predicate<CommandLine> HAS_SERVER =
      command -> command.getCommandSpec().findOption("--repository") != null;

  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10));

  @TempDir private Path folder;
  private final TestHost host = new TestHost();
  private final Map<String, String> canaries = new LinkedHashMap<>();
  private final List<String> keyCanaries = new ArrayList<>();
  private int runs;

  /** Commands that ended before they asked a server. */
  private final Set<String> silent = new TreeSet<>();

  /** What the server was told, if there is one. */
  private @Nullable List<String> told;

  @BeforeEach
  void secretsEverywhere() throws Exception {
    host.servers = login -> PbsServer.open(login, TIMEOUTS);
    host.environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    host.environment.put("XDG_CONFIG_DIRS", folder.resolve("shared").toString());
    host.environment.put("PBS_MASTER_PASSWORD", PASSPHRASE);
    host.environment.put("PBS_NEW_ENCRYPTION_PASSWORD", PASSPHRASE);
    host.environment.put("PBS_ENCRYPTION_PASSWORD", PASSPHRASE);
    for (String secret :
        List.of(PASSWORD, PASSPHRASE, LeakyServer.TICKET, "kanari-csrf", "kanari-ticket")) {
      addForms(secret);
    }
    Path key = folder.resolve(DEFAULT_KEY);
    Files.createDirectories(key.getParent());
    assertThat(host.run("key", "create", key.toString(), "--kdf", "none")).isZero();
    String base64 = new ObjectMapper().readTree(key.toFile()).path("data").asText();
    keyCanaries.add(base64);
    keyCanaries.add(HexFormat.of().formatHex(Base64.getDecoder().decode(base64)));
  }

  private void addForms(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    String percent = URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20");
    canaries.put(secret, secret);
    canaries.put(secret + " in JSON", secret.replace("\"", "\\\""));
    canaries.put(secret + " percent-encoded", percent);
    canaries.put(secret + " in lower case", percent.toLowerCase(Locale.ROOT));
    canaries.put(secret + " in base64", Base64.getEncoder().encodeToString(bytes));
    canaries.put(secret + " in hexadecimal", HexFormat.of().formatHex(bytes));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aServerThatIsNoneOrATraitorGetsNoSecretShown(Mode mode) throws Exception {
    try (LeakyServer server = new LeakyServer(mode, folder)) {
      told = server.requests;
      host.environment.put("PBS_FINGERPRINT", server.fingerprint());
      host.environment.put("PBS_REPOSITORY", server.repository("me@pbs"));
      tryAll("PBS_PASSWORD", PASSWORD, HAS_SERVER);
      host.environment.put("PBS_REPOSITORY", server.repository("me@pbs!job"));
      Path file = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
      askAFileForThePassphrase();
      tryAll("PBS_PASSWORD_FILE", file.toString(), HAS_SERVER);
      assertThat(runs).isGreaterThanOrEqualTo(120);
      assertThat(silent)
          .allMatch(line -> line.startsWith(NEEDS_A_MACHINE) || line.startsWith(SHOWS_OPTIONS));
      // That it was told them is what makes silence worth something.
      assertThat(String.join("", server.requests))
          .contains(
              canaries.get(PASSWORD + " in JSON"), canaries.get(PASSWORD + " percent-encoded"));
    }
  }

  /** Nor is a secret in an environment where a redactor could find it. */
  private void askAFileForThePassphrase() throws Exception {
    assertThat(host.run("key", "change-passphrase", "--kdf", "pbkdf2")).isZero();
    Path file = Files.writeString(folder.resolve("passphrase"), PASSPHRASE + "\n");
    host.environment.remove("PBS_ENCRYPTION_PASSWORD");
    host.environment.put("PBS_ENCRYPTION_PASSWORD_FILE", file.toString());
  }

  @Test
  void commandsThatNeedNoServerShowNoneEither() {
    tryAll("PBS_PASSWORD", PASSWORD, HAS_SERVER.negate());
    assertThat(runs).isGreaterThanOrEqualTo(26);
  }

  @Test
  void aWrongPassphraseIsNotShown() throws Exception {
    Path key = folder.resolve(DEFAULT_KEY);
    Files.delete(key);
    host.environment.put("PBS_NEW_ENCRYPTION_PASSWORD", "another");
    assertThat(host.run("key", "create", key.toString(), "--kdf", "pbkdf2")).isZero();
    host.environment.put("PBS_NEW_ENCRYPTION_PASSWORD", PASSPHRASE);
    assertThat(host.run("key", "change-passphrase")).isEqualTo(4);
    tryAll(
        "PBS_PASSWORD",
        PASSWORD,
        HAS_SERVER.negate().and(command -> !command.getCommandName().startsWith("create")));
    assertThat(runs).isGreaterThanOrEqualTo(22);
  }

  @Test
  void whatComesAsAWrongSettingIsNotQuoted() {
    for (String variable : List.of("PBS_PASSWORD_FD", "PBS_PASSWORD_CMD")) {
      tryAll(variable, PASSWORD, HAS_SERVER);
    }
    assertThat(runs).isPositive();
  }

  private void tryAll(String variable, String value, Predicate<CommandLine> which) {
    host.environment.keySet().removeIf(name -> name.startsWith("PBS_PASSWORD"));
    host.environment.put(variable, value);
    for (CommandLine command : commands()) {
      if (which.test(command)) {
        List<String> line = plausible(command);
        host.environment.remove("QMPBS_DEBUG");
        run(line, "--debug");
        host.environment.put("QMPBS_DEBUG", "1");
        run(line, "--output-format=json");
      }
    }
  }

  private void run(List<String> line, String option) {
    List<String> args = new ArrayList<>(line);
    args.add(option);
    int before = told == null ? 0 : told.size();
    host.run(args.toArray(String[]::new));
    runs++;
    if (told != null && told.size() == before) {
      silent.add(String.join(" ", line));
    }
    String shown = host.out() + host.err();
    canaries.forEach(
        (form, canary) -> assertThat(shown).as("%s: %s", args, form).doesNotContain(canary));
    if (!String.join(" ", line).startsWith(SHOWS_THE_KEY)) {
      assertThat(shown).as("%s: the key", args).doesNotContain(keyCanaries);
    }
  }

  /** Every command that does something; those of bitmap depend on the arguments. */
  private Collection<CommandLine> commands() {
    Map<String, CommandLine> found = new LinkedHashMap<>();
    for (String[] line :
        new String[][] {{}, {"bitmap", "list"}, {"bitmap", "check"}, {"bitmap", "repair"}}) {
      collect(commandLine(line), found);
    }
    return found.values();
  }

  private CommandLine commandLine(String... args) {
    return host.cli().commandLine(args);
  }

  private static void collect(CommandLine line, Map<String, CommandLine> found) {
    if (line.getCommand() instanceof CliCommand) {
      found.putIfAbsent(line.getCommandSpec().qualifiedName(), line);
    }
    line.getSubcommands().values().forEach(sub -> collect(sub, found));
  }

  /** A line that gets as far as possible without a machine. */
  private List<String> plausible(CommandLine command) {
    List<String> line =
        new ArrayList<>(List.of(command.getCommandSpec().qualifiedName().split(" ")));
    line.remove(0);
    for (OptionSpec option : command.getCommandSpec().options()) {
      boolean isWanted = option.required() || WANTED.contains(option.longestName());
      if (isWanted && !isLeftOut(option)) {
        line.add(option.longestName());
        if (option.arity().max() > 0) {
          line.add(value(option));
        }
      }
    }
    for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
      if (!isLeftOut(parameter)) {
        line.add(value(parameter));
      }
    }
    return line;
  }

  /** Of those that exclude each other, one is given. */
  private static boolean isLeftOut(ArgSpec argument) {
    ArgGroupSpec group = argument.group();
    return group != null && group.exclusive() && !group.args().iterator().next().equals(argument);
  }

  private String value(ArgSpec argument) {
    return switch (argument.paramLabel()) {
      case "N" -> argument.equals(argument.command().findOption("--retry")) ? "0" : "1";
      case "ID" -> "100";
      case "SNAPSHOT" -> "vm/100/2026-11-21T09:00:00Z";
      case "GROUP" -> "vm/100";
      case "ARCHIVE" -> "drive-scsi0.img";
      case "SOCKET" -> folder.resolve("no.sock").toString();
      case "UPID" -> MemoryAdmin.UPID.text();
      case "NEW-OWNER" -> "me@pbs";
      case "true|false" -> "true";
      case "LOGFILE" -> folder.resolve("server.p12").toString();
      case "TARGET" -> folder.resolve("target").toString();
      case "FOLDER" -> folder.toString();
      case "PATH", "FILE", "FILENAME" -> folder.resolve(DEFAULT_KEY).toString();
      default -> "x";
    };
  }
}
