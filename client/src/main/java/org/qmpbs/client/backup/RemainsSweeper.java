package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Clears away what a run that died left in QEMU. Scratch files tell whose it is: while the lock of
 * their directory is held, that run lives, and nothing of it may be touched.
 */
final class RemainsSweeper {
  private final MachinePort machine;
  private final CleanUpLog log;

  RemainsSweeper(MachinePort machine, CleanUpLog log) {
    this.machine = machine;
    this.log = log;
  }

  void sweep() throws IOException {
    Optional<MachinePort.Remains> found = machine.remains();
    if (found.isEmpty()) {
      return;
    }
    requireDead(found.get());
    found.get().sweep();
    log.removed("cleared away what an earlier run left: " + found.get().description());
    for (Path file : found.get().scratchFiles()) {
      DeadRuns.sweepRunOf(file, log);
    }
  }

  /** Throws if the run that they are of lives, or may live. */
  static void requireDead(MachinePort.Remains remains) throws MachineBusyException {
    for (Path file : remains.scratchFiles()) {
      if (isAlive(file)) {
        throw new MachineBusyException(
            "another backup of this machine is running; it uses " + file,
            "Wait until it has ended, or end it.",
            null);
      }
    }
  }

  private static boolean isAlive(Path file) throws MachineBusyException {
    try {
      return DeadRuns.isAlive(file);
    } catch (IOException e) {
      throw new MachineBusyException(
          "something of an earlier backup is still in QEMU, and whether that backup lives cannot be"
              + " told from "
              + file
              + ": "
              + e,
          "Start this backup as the user who started that one.",
          e);
    }
  }
}
