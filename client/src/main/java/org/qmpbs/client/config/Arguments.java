package org.qmpbs.client.config;

import java.util.ArrayList;
import java.util.List;
import org.qmpbs.client.config.ValueForm.Kind;

/** The arguments of one {@code qmpbs backup}: what a machine's configuration is short for. */
final class Arguments {
  private Arguments() {}

  /** Each option in one word, {@code --name=value}, so that no value is taken for an option. */
  static List<String> of(EffectiveMachine machine, Catalogue catalogue) {
    List<String> arguments = new ArrayList<>();
    for (Key key : catalogue.commandKeys()) {
      machine.value(key.path()).ifPresent(value -> add(key, value, arguments));
    }
    if (machine.text(Catalogue.KEY).filter(Catalogue.NO_KEY::equals).isPresent()) {
      arguments.add("--crypt-mode=none");
    }
    machine.key().ifPresent(entry -> add(entry, arguments));
    return List.copyOf(arguments);
  }

  /** One option. */
  static void add(Key key, Value value, List<String> arguments) {
    if (key.form().kind() == Kind.FLAG) {
      if (value.text().equals("true")) {
        arguments.add(key.option());
      }
      return;
    }
    value.words().forEach(word -> arguments.add(key.option() + "=" + word));
  }

  /** The options of the official client. */
  private static void add(Entry key, List<String> arguments) {
    key.value("file").ifPresent(file -> arguments.add("--keyfile=" + file.text()));
    key.value("crypt-mode").ifPresent(mode -> arguments.add("--crypt-mode=" + mode.text()));
    key.value("master-pubkey-file")
        .ifPresent(file -> arguments.add("--master-pubkey-file=" + file.text()));
  }
}
