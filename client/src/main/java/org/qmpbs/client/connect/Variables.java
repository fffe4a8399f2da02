package org.qmpbs.client.connect;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds one value in the environment. The first defined one wins, in the official client's order:
 * {@code NAME}, {@code NAME_FD}, {@code NAME_FILE}, {@code NAME_CMD}, then the systemd credential.
 *
 * <p>A variable that is defined but cannot be read or is empty is an error and not a reason to look
 * further: whoever set it meant it.
 */
final class Variables {
  /** Long enough for a password manager that asks somebody. */
  private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(2);

  private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

  private final Map<String, String> environment;
  private final SecretCommand command;

  Variables(Map<String, String> environment) {
    this(environment, new SecretCommand(COMMAND_TIMEOUT));
  }

  Variables(Map<String, String> environment, SecretCommand command) {
    this.environment = Map.copyOf(environment);
    this.command = command;
  }

  /**
   * A value and where it came from.
   *
   * @param text first line
   * @param source name of the variable or credential, for messages
   */
  record Found(String text, String source) {
    @Override
    public String toString() {
      return "value of " + source;
    }
  }

  /**
   * Looks {@code name} up.
   *
   * @param name variable without suffix, for instance PBS_PASSWORD
   * @param credential name of the systemd credential
   */
  Optional<Found> find(String name, String credential) throws SettingsException {
    for (Form form : Form.values()) {
      String variable = name + form.suffix;
      String value = environment.get(variable);
      if (value != null) {
        return Optional.of(found(variable, () -> read(form, value)));
      }
    }
    return credential(credential);
  }

  /** Whether {@link #find} would look at something; nothing is read or started. */
  boolean isSet(String name, String credential) {
    String directory = environment.get(CREDENTIALS);
    return Arrays.stream(Form.values())
            .anyMatch(form -> environment.containsKey(name + form.suffix))
        || (directory != null && Files.exists(Path.of(directory, credential)));
  }

  private enum Form {
    DIRECT(""),
    DESCRIPTOR("_FD"),
    FILE("_FILE"),
    COMMAND("_CMD");

    private final String suffix;

    Form(String suffix) {
      this.suffix = suffix;
    }
  }

  private String read(Form form, String value) throws IOException {
    return switch (form) {
      case DIRECT -> FirstLine.of(value);
      case DESCRIPTOR -> readFile(Path.of("/dev/fd", descriptor(value)));
      case FILE -> readFile(Path.of(value));
      case COMMAND -> {
        List<String> words = ShellWords.split(value);
        if (words.isEmpty()) {
          throw new IOException("it has no command");
        }
        yield command.firstLine(words);
      }
    };
  }

  private static String descriptor(String value) throws IOException {
    if (!value.matches("[0-9]{1,9}")) {
      throw new IOException("it is not the number of a file descriptor");
    }
    return value;
  }

  private static String readFile(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return FirstLine.read(in);
    }
  }

  private Optional<Found> credential(String name) throws SettingsException {
    String directory = environment.get(CREDENTIALS);
    if (directory == null) {
      return Optional.empty();
    }
    Path file = Path.of(directory, name);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    return Optional.of(found("systemd credential " + name, () -> readFile(file)));
  }

  private interface Reading {
    String read() throws IOException;
  }

  private static Found found(String source, Reading reading) throws SettingsException {
    String text;
    try {
      text = reading.read();
    } catch (NoSuchFileException e) {
      throw new SettingsException(
          source + " names " + e.getFile() + ", which does not exist",
          "Correct " + source + ".",
          e);
    } catch (AccessDeniedException e) {
      throw new SettingsException(
          source + " names " + e.getFile() + ", which this user may not read",
          "Correct " + source + ", or the owner and mode of the file.",
          e);
    } catch (IOException | IllegalArgumentException e) {
      throw new SettingsException(
          source + " cannot be read: " + e.getMessage(), "Correct " + source + ".", e);
    }
    if (text.isEmpty()) {
      throw new SettingsException(
          source + " is set but its first line is empty",
          "Put the value on the first line, or unset it.");
    }
    return new Found(text, source);
  }
}
