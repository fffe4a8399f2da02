package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.qmpbs.client.progress.Progress;

/**
 * Clears away what a run that died left in QEMU. Scratch files tell whose it is: while the lock of
 * their directory is held, that run lives, and nothing of it may be touched.
 */
final class RemainsSweeper {
  private final MachinePort machine;
  private final Progress progress;

  RemainsSweeper(MachinePort machine, Progress progress) {
    this.machine = machine;
    this.progress = progress;
  }

  void sweep() throws IOException {
    Optional<MachinePort.Remains> found = machine.remains();
    if (found.isEmpty()) {
      return;
    }
    for (Path file : found.get().scratchFiles()) {
      if (isAlive(file)) {
        throw new MachineBusyException(
            "another backup of this machine is running; it uses " + file,
            "Wait until it has ended, or end it.",
            null);
      }
    }
    progress.note("clearing away what an earlier run left: " + found.get().description());
    found.get().sweep();
    for (Path file : found.get().scratchFiles()) {
      DeadRuns.sweepRunOf(file, progress);
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
