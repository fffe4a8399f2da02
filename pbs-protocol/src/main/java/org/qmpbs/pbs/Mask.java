package org.qmpbs.pbs;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Takes our secrets out of texts that others wrote. What a server answers is shown to the user and
 * ends up in logs; one that is broken, or a proxy before it, may send back the request it got.
 *
 * <p>Owns the secrets it knows: {@link #close} wipes them. Thread-safe.
 */
final class Mask implements AutoCloseable {
  private static final String SHOWN = "(secret)";

  /** Shorter ones would tear holes into words; the server takes no password below 5 characters. */
  private static final int SHORTEST = 4;

  private final List<Secret> secrets = new CopyOnWriteArrayList<>();

  Mask(Secret first) {
    secrets.add(first);
  }

  void add(Secret secret) {
    secrets.add(secret);
  }

  /** {@code text} with every secret in it replaced, also one that is quoted or encoded. */
  String apply(String text) {
    List<String> forms = new ArrayList<>();
    for (Secret secret : secrets) {
      addForms(forms, secret);
    }
    // The longest first: a form may be the beginning of another.
    forms.sort(Comparator.comparingInt(String::length).reversed());
    String masked = text;
    for (String form : forms) {
      masked = masked.replace(form, SHOWN);
    }
    return masked;
  }

  /** The same failure, without its cause if that has a secret in it. */
  BadAnswerException apply(BadAnswerException failure) {
    String message = String.valueOf(failure.getMessage());
    String cause = String.valueOf(failure.getCause());
    boolean clean = apply(message).equals(message) && apply(cause).equals(cause);
    return clean ? failure : BadAnswerException.masked(apply(message));
  }

  private static void addForms(List<String> forms, Secret secret) {
    if (secret.isClosed()) {
      return;
    }
    String raw = secret.reveal();
    if (raw.length() < SHORTEST) {
      return;
    }
    String percent = PercentEncoding.encode(raw);
    forms.add(raw);
    forms.add(percent);
    forms.add(percent.toLowerCase(Locale.ROOT));
    forms.add(new String(JsonStringEncoder.getInstance().quoteAsString(raw)));
  }

  /** Wipes all secrets; idempotent. */
  @Override
  public void close() {
    secrets.forEach(Secret::close);
  }
}
