package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.agent.GuestAgent;
import org.qmpbs.client.rate.RateLimiter;
import org.qmpbs.machine.Bitmap;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.Leftovers;
import org.qmpbs.qcow2.bitmap.BitmapAction;
import org.qmpbs.qcow2.bitmap.BitmapImage;
import org.qmpbs.qcow2.bitmap.BitmapRefusedException;
import org.qmpbs.qcow2.bitmap.StoredBitmap;

/**
 * Clears away what dead runs left of a running machine, and nothing else: file systems that one of
 * them froze, exports, jobs, filters and nodes in QEMU, the pause that one of them died in, scratch
 * folders, and bitmaps of ours that QEMU itself calls worthless. Every backup does the same before
 * it begins; this is for those who do not want to wait for the next one, as in the unit that starts
 * a machine.
 *
 * <p>Which of two good bitmaps is the true one only the server knows, so both stay: the next backup
 * asks it. A run that is alive is left alone, and said so.
 */
public final class Recovery {
  private final MachinePort.Connector machines;
  private final Path qmpSocket;
  private final Path scratchParent;
  private @Nullable Path agentSocket;

  /**
   * For a machine of this host.
   *
   * @param scratchDirectory as for backups, or null for the default
   */
  public Recovery(Path qmpSocket, @Nullable Path scratchDirectory) {
    this(QemuMachine::connect, qmpSocket, scratchDirectory);
  }

  /**
   * For a machine that is just being started, whose monitor may not be there yet.
   *
   * @param wait for the monitor, at most
   */
  public Recovery(Path qmpSocket, @Nullable Path scratchDirectory, Duration wait) {
    this(
        new PatientConnector(QemuMachine::connect, wait, RateLimiter.Ticker.SYSTEM),
        qmpSocket,
        scratchDirectory);
  }

  /** Asks this agent in the end whether anything is frozen that no dead run is known to have. */
  public Recovery askAgent(@Nullable Path socket) {
    agentSocket = socket;
    return this;
  }

  Recovery(MachinePort.Connector machines, Path qmpSocket, @Nullable Path scratchDirectory) {
    this.machines = machines;
    this.qmpSocket = qmpSocket;
    this.scratchParent = scratchDirectory == null ? RunDirectory.DEFAULT_PARENT : scratchDirectory;
  }

  /**
   * What was done.
   *
   * @param removed what is gone, one line each
   * @param left what could not be removed, one line each
   */
  public record Result(List<String> removed, List<String> left) {
    /** Keeps copies. */
    public Result {
      removed = List.copyOf(removed);
      left = List.copyOf(left);
    }
  }

  /**
   * Does it.
   *
   * @throws MachineBusyException if a backup of the machine is running
   * @throws IOException if the machine cannot be asked, or does not let go of something
   */
  public Result run() throws IOException {
    List<String> removed = new ArrayList<>();
    List<String> left = new ArrayList<>();
    CleanUpLog log = new Lists(removed, left);
    // First of all: a guest may be waiting for it, and the monitor may be in use.
    DeadRuns.thaw(scratchParent, log);
    try (MachinePort machine = machines.connect(qmpSocket)) {
      new RemainsSweeper(machine, ScratchStorage.HOST, log).sweep();
      for (Disk disk : machine.disks()) {
        removeWorthless(machine, disk, log);
      }
    }
    DeadRuns.sweep(scratchParent, log);
    Path socket = agentSocket;
    if (socket != null) {
      lookForForeignFreeze(socket, log);
    }
    return new Result(removed, left);
  }

  /** What no dead run of ours is known to have frozen is not ours to thaw. */
  private static void lookForForeignFreeze(Path socket, CleanUpLog log) {
    try (GuestAgent agent = GuestAgent.connect(socket, GuestAgent.SYNC)) {
      if (agent.isFrozen()) {
        log.stillFrozen(
            "the guest's file systems are frozen, and no dead run with this scratch directory is known"
                + " to have done it (another --scratch?): they are left so");
      }
    } catch (IOException e) {
      log.stillFrozen(
          "whether the guest's file systems are frozen is not known: " + e.getMessage());
    }
  }

  /**
   * What {@link #run} would do.
   *
   * @param live whether a backup of the machine is running, which is left alone
   * @param steps what would be cleared away, one line each
   */
  public record Preview(boolean live, List<String> steps) {
    /** Keeps a copy. */
    public Preview {
      steps = List.copyOf(steps);
    }
  }

  /**
   * Says what {@link #run} would do, from what was looked up.
   *
   * @param found by {@link org.qmpbs.machine.Machine#leftovers}
   * @param disks of the machine
   */
  public static Preview preview(Leftovers found, List<Disk> disks) {
    List<String> steps = new ArrayList<>();
    boolean live = false;
    for (Path file : found.scratchFiles()) {
      try {
        live |= DeadRuns.isAlive(file);
      } catch (IOException e) {
        steps.add("cannot tell from " + file + " whether that backup lives, and would stop: " + e);
      }
    }
    if (live) {
      return new Preview(true, List.of());
    }
    if (found.pauseInterrupted()) {
      steps.add("let the machine continue, which a backup that died had stopped for a moment");
    }
    if (!found.isEmpty()) {
      steps.add("remove " + QemuMachine.describe(found) + ", and its scratch files");
    }
    for (Disk disk : disks) {
      for (Bitmap bitmap : disk.bitmaps()) {
        if (bitmap.inconsistent() && EpochName.parse(bitmap.name()).isPresent()) {
          steps.add("remove the inconsistent bitmap " + bitmap.name() + " of disk " + disk.name());
        }
      }
    }
    return new Preview(false, steps);
  }

  /**
   * For a machine that is off: its images may have bitmaps of ours that were not saved, because
   * QEMU or the host died.
   *
   * @param images qcow2 images
   * @param scratchDirectory as for backups, or null for the default
   */
  public static Result ofImages(List<Path> images, @Nullable Path scratchDirectory) {
    Lists log = new Lists(new ArrayList<>(), new ArrayList<>());
    for (Path path : images) {
      try (BitmapImage image = BitmapImage.openForWriting(path)) {
        removeWorthless(image, log);
      } catch (NoSuchFileException e) {
        log.left("there is no image " + path);
      } catch (AccessDeniedException e) {
        log.left("nothing could be done to " + path + ": this user may not open or write it");
      } catch (BitmapRefusedException e) {
        log.left("nothing could be done to " + path + ": " + e.getMessage() + " " + e.remedy());
      } catch (IOException e) {
        log.left("nothing could be done to " + path + ": " + e.getMessage());
      }
    }
    DeadRuns.sweep(scratchDirectory == null ? RunDirectory.DEFAULT_PARENT : scratchDirectory, log);
    return new Result(log.gone(), log.stays());
  }

  private static void removeWorthless(BitmapImage image, CleanUpLog log) throws IOException {
    for (StoredBitmap bitmap : image.list()) {
      String name = bitmap.name().toString();
      if (bitmap.inconsistent() && EpochName.parse(name).isPresent()) {
        image.apply(bitmap.name(), List.of(new BitmapAction.Remove()), Optional.empty());
        log.removed("removed the inconsistent bitmap " + name + " of " + image.path());
      }
    }
  }

  /** They record nothing, and QEMU refuses to resize a disk that has one. */
  private static void removeWorthless(MachinePort machine, Disk disk, CleanUpLog log) {
    for (Bitmap bitmap : disk.bitmaps()) {
      if (!bitmap.inconsistent() || EpochName.parse(bitmap.name()).isEmpty()) {
        continue;
      }
      String name = "the inconsistent bitmap " + bitmap.name() + " of disk " + disk.name();
      try {
        machine.removeBitmap(disk, bitmap.name());
        log.removed("removed " + name);
      } catch (IOException e) {
        log.left("cannot remove " + name + ": " + e.getMessage());
      }
    }
  }

  private record Lists(List<String> gone, List<String> stays) implements CleanUpLog {
    @Override
    public void removed(String line) {
      gone.add(line);
    }

    @Override
    public void left(String line) {
      stays.add(line);
    }
  }
}
