package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Clears away what a run that died left in QEMU. Scratch files tell whose it is: while the lock of
 * their directory is held, that run lives, and nothing of it may be touched.
 */
final class RemainsSweeper {
  private final MachinePort machine;
  private final ScratchStorage storage;
  private final CleanUpLog log;

  RemainsSweeper(MachinePort machine, ScratchStorage storage, CleanUpLog log) {
    this.machine = machine;
    this.storage = storage;
    this.log = log;
  }

  void sweep() throws IOException {
    sweep(ScratchProbe.HOPELESS);
  }

  void sweep(Duration patience) throws IOException {
    Optional<MachinePort.Remains> found = machine.remains();
    if (found.isEmpty()) {
      return;
    }
    requireAnswer(found.get().scratchFiles(), patience);
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

  /** QEMU's main loop would wait for storage that hangs, and with it the whole machine. */
  private void requireAnswer(List<Path> scratchFiles, Duration patience) throws ScratchException {
    Set<Path> directories = new LinkedHashSet<>();
    for (Path file : scratchFiles) {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) {
        directories.add(directory);
      }
    }
    ScratchProbe.requireAnswer(storage, directories, patience);
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
