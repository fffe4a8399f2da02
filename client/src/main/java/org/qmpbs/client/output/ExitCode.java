package org.qmpbs.client.output;

import java.util.Locale;

/**
 * What the process says when it ends. Part of the interface: numbers and names never change
 * (docs/exit-codes.md).
 */
public enum ExitCode {
  /** All that was asked for was done. */
  DONE(0, "done"),
  /** A bug of ours. */
  INTERNAL(1, "internal error: a bug of qmpbs"),
  /** Nothing was tried. */
  USAGE(2, "wrong use: options, settings, or something this version cannot do"),
  /** Snapshot, group, archive, disk, image, bitmap or socket. */
  NOT_FOUND(3, "not found: snapshot, group, archive, disk, image, bitmap or socket"),
  /** Includes a certificate that is not the expected one. */
  LOGIN(4, "login, permission or server certificate"),
  /** Somebody else is at work; the same command may succeed later. */
  BUSY(5, "busy: another job holds the group, the snapshot, the machine or the bitmap"),
  /** The server answered, and does not want or cannot. */
  SERVER(6, "the server refused or is unavailable, or the clocks disagree"),
  /** No answer. */
  NETWORK(7, "connection to the server or the machine failed or was lost"),
  /** Refused before anything was touched. */
  UNSAFE_MACHINE(8, "the machine cannot be backed up safely; it was not touched"),
  /** The backup was discarded, the guest was not harmed. */
  POINT_IN_TIME_LOST(9, "the point in time was not to be had or was lost; nothing was kept of it"),
  /** Checksums, digests, formats. */
  DAMAGED(10, "damaged data"),
  /** Something on this host that was to be written. */
  TARGET(11, "the target exists, is in use, or cannot be written"),
  /** {@code --deadline} passed. */
  DEADLINE(12, "the deadline passed"),
  /** The work is done and good, but something of ours is left behind. */
  LEFTOVERS(13, "done, but clean-up left something behind"),
  /** Neither yes nor no: nobody could be asked whether the snapshot exists. */
  OUTCOME_UNKNOWN(14, "the answer to the end of the backup was lost; both bitmaps are kept"),
  /** The snapshot is good; earlier ones may not be. */
  AUDIT_FAILED(15, "done with a full read: the audit found a change that a bitmap had missed"),
  /** Monitoring tells this from damage: nothing has to be done before the machine starts. */
  BITMAPS_USELESS(16, "the image is whole, but a bitmap is of no use or room is lost"),
  /** The snapshot is good, but somebody has to look at what it does not have. */
  OMISSIONS(17, "done, but a disk was left out that somebody may expect in the snapshot"),
  /** 128 + SIGINT. */
  INTERRUPTED(130, "interrupted (SIGINT)"),
  /** 128 + SIGTERM. */
  TERMINATED(143, "terminated (SIGTERM)");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The number. */
  public int code() {
    return code;
  }

  /** One line for help and documentation. */
  public String meaning() {
    return meaning;
  }

  /** The name in JSON, for instance {@code not-found}. */
  public String kind() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
