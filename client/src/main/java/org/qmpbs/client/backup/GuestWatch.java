package org.qmpbs.client.backup;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.qmpbs.machine.Disk;
import org.qmpbs.machine.GuestWrites;
import org.qmpbs.machine.MachineInstant;
import org.qmpbs.machine.PointInTimeBrokenException;

/**
 * Asks QEMU how long the guest's writes take, and from time to time whether the point in time still
 * holds: it breaks without a word, and what is sent after that is sent in vain. Everything here
 * only asks and drains nothing, so that QEMU answers also while the storage hangs.
 */
final class GuestWatch {
  private final MachinePort machine;
  private volatile @Nullable MachineInstant instant;
  private final List<Disk> disks;
  private final ScratchCare.Pace pace;
  private final LongSupplier nanos;
  private final Consumer<PointInTimeLostException> giveUp;
  private final Map<String, GuestWrites> last = new HashMap<>();
  private long witnessed;
  private @Nullable IOException trouble;

  GuestWatch(
      MachinePort machine,
      List<Disk> disks,
      ScratchCare.Pace pace,
      LongSupplier nanos,
      Consumer<PointInTimeLostException> giveUp) {
    this.machine = machine;
    this.disks = List.copyOf(disks);
    this.pace = pace;
    this.nanos = nanos;
    this.giveUp = giveUp;
    this.witnessed = nanos.getAsLong();
  }

  /** From now on there is an instant to be proven. */
  void witness(MachineInstant taken) {
    instant = taken;
  }

  /** One look. What QEMU does not answer here, it does not answer the job's own thread either. */
  void look() {
    if (trouble != null) {
      return;
    }
    try {
      writes();
      MachineInstant taken = instant;
      if (taken != null && nanos.getAsLong() - witnessed >= pace.witness().toNanos()) {
        taken.verify();
        witnessed = nanos.getAsLong();
      }
    } catch (PointInTimeBrokenException e) {
      trouble = e;
      giveUp.accept(
          new PointInTimeLostException(
              String.valueOf(e.getMessage()), PointInTimeLostException.REMEDY, e));
    } catch (IOException e) {
      // The machine has ended or the monitor is lost; the job itself finds that out and says it.
      trouble = e;
    }
  }

  private void writes() throws IOException {
    for (Map.Entry<String, GuestWrites> each : machine.guestWrites(disks).entrySet()) {
      GuestWrites before = last.put(each.getKey(), each.getValue());
      if (before == null) {
        continue;
      }
      Duration mean = each.getValue().meanSince(before);
      if (mean.compareTo(pace.slowGuest()) > 0) {
        giveUp.accept(
            new PointInTimeLostException(
                "writes of the guest to disk "
                    + each.getKey()
                    + " took "
                    + mean.toMillis()
                    + " ms in the mean while the backup ran; it was ended before the guest gives up"
                    + " on its disk. No change is lost for the next backup",
                PointInTimeLostException.REMEDY,
                null));
      }
    }
  }
}
