package org.qmpbs.client.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.qmpbs.pbs.Fingerprint;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.Repository;

/**
 * All keys that there are. Those of a machine are the options of {@code qmpbs backup}, handed over
 * by who knows them, so that keys, options and variables cannot drift apart; and those that only
 * unattended runs have.
 */
public final class Catalogue {
  static final String PASSWORD_FILE = "password-file";
  static final String PASSWORD_COMMAND = "password-command";
  static final String PASSWORD_CREDENTIAL = "password-credential";

  /** The ways to name a secret. */
  static final List<String> PASSWORDS =
      List.of(PASSWORD_FILE, PASSWORD_COMMAND, PASSWORD_CREDENTIAL);

  static final String REPOSITORY = "repository";
  static final String KEY = "key";
  static final String BACKUP_ID = "backup-id";
  static final String NAMESPACE = "ns";

  /** What stands in place of a key's name where no key is to be used, not even a default one. */
  static final String NO_KEY = "none";

  private final List<Key> commandKeys;
  private final List<Key> machineKeys;

  /** With the keys that are options of {@code qmpbs backup}. */
  public Catalogue(List<Key> commandKeys) {
    this.commandKeys = List.copyOf(commandKeys);
    this.machineKeys =
        Stream.concat(this.commandKeys.stream(), UnattendedKeys.all().stream()).toList();
  }

  /** Those of a machine that are options of one backup. */
  public List<Key> commandKeys() {
    return commandKeys;
  }

  /** Those of a machine. */
  public List<Key> machineKeys() {
    return machineKeys;
  }

  /** Those of the defaults: what machines can have in common. */
  public List<Key> defaultKeys() {
    return machineKeys.stream().filter(key -> !key.ofOneMachine()).toList();
  }

  /** A key of a machine. */
  Optional<Key> machineKey(String path) {
    return machineKeys.stream().filter(key -> key.path().equals(path)).findFirst();
  }

  /** Those of a repository. */
  public List<Key> repositoryKeys() {
    return Stream.concat(
            Stream.of(
                Key.of(
                        REPOSITORY,
                        ValueForm.text(
                            "[[user@realm[!token]@]server[:port]:]datastore", Repository::parse),
                        "The repository, as proxmox-backup-client writes it.")
                    .mandatory(),
                Key.of(
                        "fingerprint",
                        ValueForm.text("a SHA-256 fingerprint", Fingerprint::parse),
                        "Fingerprint of the server's certificate; a list while it is renewed.")
                    .repeated()
                    .otherwise("the certificate authorities of the system decide"),
                Key.of(
                        NAMESPACE,
                        ValueForm.text("a namespace", Namespace::new),
                        "Namespace of machines that name none.")
                    .otherwise("the root")),
            passwords("the token's secret").stream())
        .toList();
  }

  /** Those of an encryption key. */
  public List<Key> keyKeys() {
    return Stream.concat(
            Stream.of(
                Key.of("file", ValueForm.FILE, "Key file, as qmpbs key create makes it.")
                    .mandatory(),
                Key.of(
                        "crypt-mode",
                        ValueForm.choice(List.of("encrypt", "sign-only")),
                        "What the key is for.")
                    .otherwise("encrypt"),
                Key.of(
                    "master-pubkey-file",
                    ValueForm.FILE,
                    "Public master key: each snapshot gets the key, encrypted with it.")),
            passwords("the key's passphrase").stream())
        .toList();
  }

  private static List<Key> passwords(String what) {
    return List.of(
        Key.of(PASSWORD_FILE, ValueForm.FILE, "File whose first line is " + what + "."),
        Key.of(
            PASSWORD_COMMAND,
            ValueForm.COMMAND,
            "Command whose first line of output is " + what + ". No shell is started."),
        Key.of(
            PASSWORD_CREDENTIAL,
            ValueForm.text("the name of a credential", Catalogue::requireFileName),
            "Name of a systemd credential (LoadCredential=) that holds " + what + "."));
  }

  private static void requireFileName(String text) {
    if (!text.matches("[A-Za-z0-9_][A-Za-z0-9_.@-]*")) {
      throw new IllegalArgumentException("'" + text + "' cannot be the name of a credential");
    }
  }
}
