package org.qmpbs.client.backup;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How a backup looks after its scratch storage.
 *
 * @param storage what is tried
 * @param pace how often, and what is too long
 * @param nanos tells the time since some moment
 */
record ScratchCare(ScratchStorage storage, Pace pace, LongSupplier nanos) {
  /** The host's storage, at the usual pace. */
  static final ScratchCare OF_HOST =
      new ScratchCare(ScratchStorage.HOST, Pace.USUAL, System::nanoTime);

  /**
   * Periods and limits.
   *
   * @param beat between two writes of our own, and two looks
   * @param witness between two reads that prove that the point in time still holds
   * @param uneasy a write that takes this long is worth a warning
   * @param stalled a write that takes this long ends the backup
   * @param slowGuest the guest's writes taking this long in the mean end the backup
   * @param reminder between two lines while the end waits for the storage
   */
  record Pace(
      Duration beat,
      Duration witness,
      Duration uneasy,
      Duration stalled,
      Duration slowGuest,
      Duration reminder) {
    /**
     * Half of the 30 s after which Linux resets a SATA or NVMe disk that does not answer: the guest
     * may have begun to wait before we did, and what has stalled once does so again. The mean of
     * the guest is a third of that, because single writes take a multiple of it, and because what
     * waits in QEMU now is about what the machine stands still for when all is taken apart.
     */
    static final Pace USUAL =
        new Pace(
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1));
  }
}
