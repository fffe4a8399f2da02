package org.qmpbs.client.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what looks like a secret in a text. Secrets stand in the configuration by reference only,
 * but commands of hooks have them all the same: the address that is to be pinged after a backup
 * opens what watches over backups to everybody who has it.
 */
final class SecretLook {
  static final String MASK = "***";

  /** The group is what must not be shown. */
  private static final List<Pattern> FORMS =
      List.of(
          // user:password@ of an address
          Pattern.compile(
              "[a-z][a-z0-9+.-]{0,20}://([^/\\s:@]*:[^/\\s@]+)@", Pattern.CASE_INSENSITIVE),
          // the id in the path of an address: a UUID, or 20 characters and more with a digit
          Pattern.compile(
              "https?://[^\\s'\"]{0,200}[/=]((?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{20,})(?![A-Za-z0-9_-])",
              Pattern.CASE_INSENSITIVE),
          Pattern.compile(
              "(?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key)[=:]\\s*([^\\s/$'\"&]+)",
              Pattern.CASE_INSENSITIVE),
          Pattern.compile(
              "(?:bearer|basic)\\s+([A-Za-z0-9+/=._~-]{8,})", Pattern.CASE_INSENSITIVE));

  private SecretLook() {}

  static boolean in(String text) {
    return FORMS.stream().anyMatch(form -> form.matcher(text).find());
  }

  /** {@code text} without what looks like a secret. */
  static String mask(String text) {
    String masked = text;
    for (Pattern form : FORMS) {
      masked =
          form.matcher(masked)
              .replaceAll(
                  match -> Matcher.quoteReplacement(match.group().replace(match.group(1), MASK)));
    }
    return masked;
  }
}
