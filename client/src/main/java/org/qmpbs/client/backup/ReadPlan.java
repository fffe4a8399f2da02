package org.qmpbs.client.backup;

/**
 * How one disk is read. A full read is an expected outcome, not an error: it is always right, and
 * only what the server does not know is sent.
 */
public sealed interface ReadPlan {
  /**
   * The bitmap is proven to be relative to exactly the server's last valid snapshot.
   *
   * @param bitmap name of the trusted bitmap
   * @param dirtyBytes what it marks, rounded to its granularity
   */
  record Incremental(String bitmap, long dirtyBytes) implements ReadPlan {}

  /**
   * Everything is read.
   *
   * @param reason why
   * @param detail one line for people, with the names and numbers of this case
   */
  record FullRead(FullReadReason reason, String detail) implements ReadPlan {}
}
