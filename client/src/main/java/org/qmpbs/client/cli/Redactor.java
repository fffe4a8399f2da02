package org.qmpbs.client.cli;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.qmpbs.pbs.Login;
import org.qmpbs.pbs.Secret;

/**
 * Takes the secrets that this process knows out of what is sent away. Nothing shows one on purpose;
 * but a log is kept for years, and a text of somebody else's may quote what it was given.
 *
 * <p>A passphrase from a file, command, descriptor or terminal is not known here: keeping it for
 * this would be worse. It is overwritten before the server is first asked, was never a part of any
 * text, and nobody was told it; the one in the environment stays there for everybody to quote.
 */
final class Redactor {
  private static final List<String> VARIABLES =
      List.of(
          "PBS_PASSWORD",
          "PBS_ENCRYPTION_PASSWORD",
          "PBS_NEW_ENCRYPTION_PASSWORD",
          "PBS_MASTER_PASSWORD");

  private final List<Secret> secrets;

  /** Knows the login's secret, whatever it was read from, and those in {@code environment}. */
  Redactor(Login login, Map<String, String> environment) {
    this.secrets =
        Stream.concat(
                Stream.of(login.secret()),
                VARIABLES.stream()
                    .map(environment::get)
                    .filter(Objects::nonNull)
                    .map(value -> new Secret(value.lines().findFirst().orElse(""))))
            .toList();
  }

  String apply(String text) {
    String redacted = text;
    for (Secret secret : secrets) {
      redacted = secret.redact(redacted);
    }
    return redacted;
  }
}
