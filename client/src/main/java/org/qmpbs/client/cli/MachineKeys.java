package org.qmpbs.client.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qmpbs.client.config.Catalogue;
import org.qmpbs.client.config.Key;
import org.qmpbs.client.config.ValueForm;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The keys of a machine's configuration, taken from the options of {@code qmpbs backup}: names,
 * types, lists and descriptions. An option that is added there is a key from then on.
 */
final class MachineKeys {
  /** Options that say something about one run, not about a machine. */
  static final Set<String> OF_ONE_RUN =
      Set.of(
          "--help",
          "--version",
          "--output-format",
          "--quiet",
          "--debug",
          "--dry-run",
          "--backup-time");

  /** Options that come with {@code repository: NAME} and {@code key: NAME}. */
  static final Set<String> OF_ENTRIES =
      Set.of(
          "--repository",
          "--keyfile",
          "--keyfd",
          "--crypt-mode",
          "--master-pubkey-file",
          "--master-pubkey-fd");

  /** What tells one machine from another. */
  private static final Set<String> OF_ONE_MACHINE =
      Set.of("--qmp", "--backup-id", "--agent-socket");

  private static final Pattern DEFAULT = Pattern.compile("default: (?<meaning>.*?)\\.?$");

  private MachineKeys() {}

  /** All keys that there are. */
  static Catalogue catalogue(Host host) {
    return new Catalogue(
        new CommandLine(new BackupCommand(host))
            .getCommandSpec().options().stream()
                .filter(option -> !OF_ONE_RUN.contains(option.longestName()))
                .filter(option -> !OF_ENTRIES.contains(option.longestName()))
                .map(MachineKeys::key)
                .sorted(Comparator.comparing(key -> !key.required()))
                .toList());
  }

  private static Key key(OptionSpec option) {
    String name = option.longestName();
    String description = String.join(" ", option.description()).replace("%%", "%");
    return new Key(
        name.substring("--".length()),
        form(option),
        option.isMultiValue(),
        option.required(),
        OF_ONE_MACHINE.contains(name),
        description,
        name.equals("--backup-id") ? "the machine's name" : builtIn(option, description));
  }

  private static String builtIn(OptionSpec option, String description) {
    Matcher matcher = DEFAULT.matcher(description);
    if (matcher.find()) {
      return matcher.group("meaning");
    }
    return isFlag(option) ? "false" : Key.NONE;
  }

  private static boolean isFlag(OptionSpec option) {
    return option.arity().max() == 0;
  }

  private static ValueForm form(OptionSpec option) {
    Class<?> type = option.auxiliaryTypes()[0];
    String label = option.paramLabel();
    if (isFlag(option)) {
      return ValueForm.FLAG;
    }
    if (option.converters().length > 0) {
      return label.matches("[a-z-]+(\\|[a-z-]+)+")
          ? ValueForm.choice(Arrays.asList(label.split("\\|", -1)))
          : ValueForm.text(label, check(option.converters()[0]));
    }
    if (type == Path.class) {
      return ValueForm.FILE;
    }
    return type == int.class || type == long.class
        ? ValueForm.integer(0)
        : ValueForm.text(label, text -> {});
  }

  private static Consumer<String> check(ITypeConverter<?> converter) {
    return text -> {
      try {
        converter.convert(text);
      } catch (CommandLine.TypeConversionException | IllegalArgumentException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      } catch (Exception e) {
        throw new IllegalStateException("a converter of texts has nothing else that can fail", e);
      }
    };
  }

  /** All keys of a machine as options, for commands that take them over the configuration. */
  static List<OptionSpec> options(Catalogue catalogue) {
    return catalogue.machineKeys().stream().map(MachineKeys::option).toList();
  }

  private static OptionSpec option(Key key) {
    OptionSpec.Builder option =
        OptionSpec.builder(key.option())
            .description(key.description().replace("%", "%%"))
            .hidden(false);
    if (key.form().kind() == ValueForm.Kind.FLAG) {
      return option.type(boolean.class).arity("0").build();
    }
    option.paramLabel("VALUE");
    return key.repeatable()
        ? option.type(List.class).auxiliaryTypes(String.class).arity("1").build()
        : option.type(String.class).arity("1").build();
  }
}
