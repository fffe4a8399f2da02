package org.qmpbs.machine;

/** How a point in time is taken, chosen by what the machine's QEMU offers. */
public enum Strategy {
  /**
   * QEMU 10.1 and later: one transaction of {@code blockdev-backup} jobs with {@code
   * on-cbw-error=break-snapshot}, read through {@code snapshot-access} on the jobs' filters. Every
   * read is right or refused.
   */
  JOB_FILTER,
  /**
   * Older: a copy-before-write filter with {@code break-snapshot} and a time-out per disk, data
   * read from the overlay, and a probe read after the last byte that proves that nothing broke.
   */
  OVERLAY_WITH_PROBE,
  /**
   * A disk in an iothread of a QEMU before 8.2.3, which must not be exported: {@code
   * blockdev-backup} jobs copy all disks to scratch files, and those are read when the jobs are
   * over.
   */
  COPY_TO_SCRATCH
}
