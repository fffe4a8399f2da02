package org.qmpbs.client.cli;

import org.qmpbs.pbs.KeepOptions;
import picocli.CommandLine.Option;

/** The options that say what to keep, named as everywhere in Proxmox Backup. */
final class KeepArguments {
  @Option(names = "--keep-last", paramLabel = "N", description = "Keep the last N snapshots.")
  private long last;

  @Option(names = "--keep-hourly", paramLabel = "N", description = "Keep one of each of N hours.")
  private long hourly;

  @Option(names = "--keep-daily", paramLabel = "N", description = "Keep one of each of N days.")
  private long daily;

  @Option(names = "--keep-weekly", paramLabel = "N", description = "Keep one of each of N weeks.")
  private long weekly;

  @Option(names = "--keep-monthly", paramLabel = "N", description = "Keep one of each of N months.")
  private long monthly;

  @Option(names = "--keep-yearly", paramLabel = "N", description = "Keep one of each of N years.")
  private long yearly;

  KeepOptions options() throws UsageException {
    KeepOptions options;
    try {
      options = new KeepOptions(last, hourly, daily, weekly, monthly, yearly);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), "Correct the option.");
    }
    if (!options.keepsSomething()) {
      throw new UsageException(
          "nothing says how many snapshots to keep",
          "Say how many to keep, for instance --keep-last 3 --keep-daily 14. A whole group is"
              + " removed with qmpbs forget --group GROUP.");
    }
    return options;
  }
}
