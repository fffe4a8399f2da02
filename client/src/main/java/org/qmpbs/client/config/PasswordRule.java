package org.qmpbs.client.config;

import java.util.List;
import java.util.stream.Stream;

/** A secret is named in one way. */
final class PasswordRule {
  private PasswordRule() {}

  /**
   * Checks an entry.
   *
   * @param required whether there has to be a secret
   */
  static void check(Entry entry, String path, boolean required, Findings findings) {
    List<String> given =
        Catalogue.PASSWORDS.stream().filter(key -> entry.value(key).isPresent()).toList();
    boolean alreadySaid =
        findings.concern(
            Stream.concat(
                Stream.of(path, path + ".password"),
                Catalogue.PASSWORDS.stream().map(key -> path + "." + key)));
    if (given.size() > 1) {
      findings.add(
          Finding.mismatch(
              entry.place(),
              path,
              "one of " + String.join(", ", Catalogue.PASSWORDS),
              String.join(" and ", given),
              "Remove all but one."));
    } else if (given.isEmpty() && required && !alreadySaid) {
      findings.add(
          Finding.mismatch(
              entry.place(),
              path,
              "one of " + String.join(", ", Catalogue.PASSWORDS),
              "none",
              "Write the secret to a file with mode 0600, and name it with password-file."));
    }
  }
}
