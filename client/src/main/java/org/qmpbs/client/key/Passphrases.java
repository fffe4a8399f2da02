package org.qmpbs.client.key;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.client.connect.SecretVariable;
import org.qmpbs.client.connect.Terminal;
import org.qmpbs.pbs.HasRemedy;
import org.qmpbs.pbs.key.Passphrase;

/**
 * Asks for passphrases: the environment first, then the terminal. A new one that is typed is typed
 * twice. The variable of the present passphrase never sets a new one, as with the official client.
 */
public final class Passphrases {
  private final Map<String, String> environment;
  private final Terminal terminal;

  /** Asks {@code terminal} for what is not in {@code environment}. */
  public Passphrases(Map<String, String> environment, Terminal terminal) {
    this.environment = Map.copyOf(environment);
    this.terminal = terminal;
  }

  /** Which passphrase is meant. */
  public enum Which {
    /** Of an encryption key there is. */
    KEY("PBS_ENCRYPTION_PASSWORD", "proxmox-backup-client.encryption-password", "encryption key"),
    /** Of an encryption key or master key that is made. */
    NEW("PBS_NEW_ENCRYPTION_PASSWORD", "qmpbs.new-encryption-password", "new key"),
    /** Of a private master key there is. */
    MASTER("PBS_MASTER_PASSWORD", "qmpbs.master-password", "private master key");

    private final String variable;
    private final String credential;
    private final String what;

    Which(String variable, String credential, String what) {
      this.variable = variable;
      this.credential = credential;
      this.what = what;
    }
  }

  /** The passphrase; the caller closes it. */
  public Passphrase get(Which which) throws IOException {
    Optional<char[]> found = SecretVariable.find(environment, which.variable, which.credential);
    char[] typed = found.isPresent() ? found.get() : ask(which);
    try {
      return Passphrase.of(typed);
    } finally {
      Arrays.fill(typed, '\0');
    }
  }

  private char[] ask(Which which) throws PassphraseMissingException {
    char[] first = read(which, "Passphrase of the " + which.what + ": ");
    if (which != Which.NEW) {
      return first;
    }
    char[] second = read(which, "Once more: ");
    boolean same = Arrays.equals(first, second);
    Arrays.fill(second, '\0');
    if (!same) {
      Arrays.fill(first, '\0');
      throw new PassphraseMissingException("the two passphrases differ", "Run the command again.");
    }
    return first;
  }

  private char[] read(Which which, String prompt) throws PassphraseMissingException {
    char[] typed = terminal.read(prompt);
    if (typed == null) {
      throw new PassphraseMissingException(
          "no passphrase of the " + which.what + " was given, and there is no terminal to ask",
          "Set "
              + which.variable
              + "_FILE to a file that holds it (or "
              + which.variable
              + ", …_FD, …_CMD), or run the command on a terminal.");
    }
    return typed;
  }

  /** Nobody said the passphrase. */
  public static final class PassphraseMissingException extends IOException implements HasRemedy {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    PassphraseMissingException(String message, String remedy) {
      super(message);
      this.remedy = remedy;
    }

    @Override
    public String remedy() {
      return remedy;
    }
  }
}
