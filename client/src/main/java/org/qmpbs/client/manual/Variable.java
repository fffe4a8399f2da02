package org.qmpbs.client.manual;

/** The environment variables that users set; a constant has the variable's name. */
enum Variable {
  PBS_REPOSITORY(
      About.SERVER,
      "The datastore: [[user@realm[!token]@]server[:port]:]datastore. --repository wins. Like the"
          + " other variables of the server it is also read from PBS_REPOSITORY_FD (a file"
          + " descriptor), PBS_REPOSITORY_FILE and PBS_REPOSITORY_CMD (the output of a command), or"
          + " from the systemd credential proxmox-backup-client.repository."),
  PBS_PASSWORD(
      About.SERVER,
      "The secret; also PBS_PASSWORD_FD, PBS_PASSWORD_FILE, PBS_PASSWORD_CMD, or the systemd"
          + " credential proxmox-backup-client.password. There is no option for it, because options"
          + " show in the list of processes."),
  PBS_FINGERPRINT(
      About.SERVER,
      "SHA-256 of the server's certificate, or several separated by commas; also"
          + " PBS_FINGERPRINT_FD, PBS_FINGERPRINT_FILE, PBS_FINGERPRINT_CMD, or the systemd"
          + " credential proxmox-backup-client.fingerprint. Without one the system's certificate"
          + " authorities decide."),
  PBS_ENCRYPTION_PASSWORD(
      About.KEYS,
      "Passphrase of a key; also with _FD, _FILE and _CMD behind it, or the systemd credential"
          + " proxmox-backup-client.encryption-password. What is not there is asked for on the"
          + " terminal."),
  PBS_NEW_ENCRYPTION_PASSWORD(
      About.NEW_KEYS,
      "Passphrase of a key that is made, or the one to change to; also with _FD, _FILE and _CMD, or"
          + " the systemd credential qmpbs.new-encryption-password."),
  PBS_MASTER_PASSWORD(
      About.NEW_KEYS,
      "Passphrase of a private master key; also with _FD, _FILE and _CMD, or the systemd credential"
          + " qmpbs.master-password."),
  CREDENTIALS_DIRECTORY(
      About.SERVER_OR_KEYS,
      "Where systemd keeps the credentials of a unit (LoadCredential= and its kin)."),
  XDG_CONFIG_HOME(About.KEYS, "Default keys are in proxmox-backup below it; default: ~/.config."),
  XDG_CONFIG_DIRS(About.KEYS, "Where default keys are looked for next; default: /etc/xdg."),
  XDG_STATE_HOME(
      About.VERIFY,
      "Records of interrupted verifications are in qmpbs below it; default: ~/.local/state."),
  QMPBS_CONFIG(
      About.CONFIG,
      "File or folder of the configuration; default: /etc/qmpbs, and ~/.config/qmpbs for users who"
          + " have one. --config wins."),
  QMPBS_DEBUG(About.ALL, "1: show the stack trace of an error, as --debug does."),
  JAVA_HOME(
      About.PROGRAM,
      "The Java to use, 17 or newer; default: java of the PATH. With another one than at the"
          + " installation programs start slower, because the archive of classes does not fit."),
  QMPBS_JAVA_OPTS(
      About.PROGRAM, "More options for Java, separated by blanks, for instance -Xmx1g."),
  QMPBS_JAR(About.PROGRAM, "Another program file than the installed one.");

  private final About about;
  private final String meaning;

  Variable(About about, String meaning) {
    this.about = about;
    this.meaning = meaning;
  }

  /** Which commands a variable is for. */
  private enum About {
    ALL,
    PROGRAM,
    SERVER,
    KEYS,
    NEW_KEYS,
    SERVER_OR_KEYS,
    VERIFY,
    CONFIG
  }

  /** Whether {@code command} looks at it; the program's own page has all. */
  boolean concerns(CommandModel command) {
    boolean server = has(command, "--repository");
    boolean newKeys = command.path().contains("key");
    boolean keys = newKeys || has(command, "--keyfile");
    return command.isProgram()
        || switch (about) {
          case ALL -> true;
          case PROGRAM -> false;
          case SERVER -> server;
          case KEYS -> keys;
          case NEW_KEYS -> newKeys;
          case SERVER_OR_KEYS -> server || keys;
          case VERIFY -> has(command, "--state");
          case CONFIG -> has(command, "--config");
        };
  }

  String meaning() {
    return meaning;
  }

  private static boolean has(CommandModel command, String option) {
    return command.options().stream().anyMatch(each -> each.names().contains(option));
  }
}
