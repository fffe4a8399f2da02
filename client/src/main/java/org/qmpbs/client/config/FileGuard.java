package org.qmpbs.client.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.qmpbs.client.config.YamlNode.Mapping;
import org.qmpbs.client.config.YamlNode.Scalar;
import org.qmpbs.client.config.YamlNode.Sequence;

/**
 * Who else can write or read what is read here. The configuration names commands that are run and
 * servers that secrets are sent to: whoever may write it may do both. Reading it matters only where
 * it holds something that looks like a secret.
 */
final class FileGuard {
  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int READABLE_BY_OTHERS = 0044;

  private final long uid;
  private final Findings findings;

  /**
   * A guard.
   *
   * @param uid the user of this process, who may own files, as root may
   */
  FileGuard(long uid, Findings findings) {
    this.uid = uid;
    this.findings = findings;
  }

  /** A file or folder of the configuration. */
  void requireUnwritableByOthers(Path path) throws IOException {
    int mode = attribute(path, "unix:mode") & 0777;
    int owner = attribute(path, "unix:uid");
    if (owner != 0 && owner != uid) {
      findings.add(
          Finding.error(
              Place.of(path),
              "",
              "it belongs to user " + owner + ", who could have other commands run than yours",
              "chown root " + path));
    }
    if ((mode & WRITABLE_BY_OTHERS) != 0) {
      findings.add(
          Finding.error(
              Place.of(path),
              "",
              String.format(
                  "others may write it (mode %04o), and could have other commands run than yours",
                  mode),
              "chmod go-w " + path));
    }
  }

  /** A file whose content is {@code root}. */
  void requireSecretsUnreadable(Path file, YamlNode root) throws IOException {
    int mode = attribute(file, "unix:mode") & 0777;
    if ((mode & READABLE_BY_OTHERS) != 0) {
      look(root, mode, file);
    }
  }

  private static int attribute(Path path, String name) throws IOException {
    return (Integer) Objects.requireNonNull(Files.getAttribute(path, name), name);
  }

  private void look(YamlNode node, int mode, Path file) {
    if (node instanceof Mapping mapping) {
      mapping.entries().forEach(entry -> look(entry.value(), mode, file));
    } else if (node instanceof Sequence sequence) {
      sequence.items().forEach(item -> look(item, mode, file));
    } else if (node instanceof Scalar scalar && SecretLook.in(scalar.text())) {
      findings.add(
          Finding.error(
              node.place(),
              "",
              String.format(
                  "this looks like a secret, and others may read the file (mode %04o)", mode),
              "chmod 600 " + file + ", or have the command take it from a file of its own."));
    }
  }
}
