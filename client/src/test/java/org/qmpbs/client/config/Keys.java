package org.qmpbs.client.config;

import java.util.List;
import org.qmpbs.client.output.Durations;
import org.qmpbs.client.output.Sizes;

/** A catalogue with one option of every kind. */
final class Keys {
  static final Catalogue CATALOGUE =
      new Catalogue(
          List.of(
              new Key("qmp", ValueForm.FILE, false, true, true, "Monitor socket.", Key.NONE),
              new Key("backup-id", any("ID"), false, false, true, "Id.", "the machine's name"),
              new Key("agent-socket", ValueForm.FILE, false, false, true, "Agent.", Key.NONE),
              Key.of("ns", any("NAMESPACE"), "Namespace.").otherwise("the root"),
              Key.of("disk", any("NAME"), "Disk.").repeated(),
              Key.of("scratch", ValueForm.FILE, "Scratch.").otherwise("/var/tmp"),
              Key.of("rate", ValueForm.text("RATE", Sizes::parse), "Rate."),
              Key.of("deadline", ValueForm.text("TIME", Durations::parse), "Deadline.")
                  .otherwise("24h"),
              Key.of("retry", ValueForm.integer(0), "Retries.").otherwise("3"),
              Key.of("freeze", ValueForm.choice(List.of("off", "try", "require")), "Freeze."),
              Key.of("audit", any("PERCENT"), "Audit."),
              Key.of("force-full-read", ValueForm.FLAG, "Full read.").otherwise("false")));

  private Keys() {}

  private static ValueForm any(String label) {
    return ValueForm.text(label, text -> {});
  }
}
