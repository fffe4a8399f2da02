package org.qmpbs.client.backup;

/** Why a bitmap is not used. Part of the JSON output: names may be added, never changed. */
public enum FullReadReason {
  /** The server has no snapshot of this group. */
  FIRST_BACKUP,
  /** The last snapshot is a checkpoint of a first upload that did not come to its end. */
  FIRST_UPLOAD_CONTINUES,
  /** The last snapshot was removed, or failed verification, and none took its place. */
  NO_USABLE_SNAPSHOT,
  /** The last snapshot was not made by this program. */
  FOREIGN_SNAPSHOT,
  /** The last snapshot does not have this archive. */
  ARCHIVE_NOT_IN_SNAPSHOT,
  /** The manifest, its blob or the index of the last snapshot is damaged or contradicts itself. */
  DAMAGED_SNAPSHOT,
  /** The last snapshot is encrypted, signed or plain, and this one is not. */
  CRYPT_MODE_CHANGED,
  /** The last snapshot was made with another encryption key. */
  KEY_CHANGED,
  /** The signature of the last snapshot's manifest is wrong, or was taken away. */
  SIGNATURE_BROKEN,
  /** The disk has another size than in the last snapshot. */
  SIZE_CHANGED,
  /** The bitmap that the last snapshot names is not on the disk: new, other or restored disk. */
  BITMAP_MISSING,
  /**
   * The disk cannot store bitmaps, or had no room for one, and QEMU was restarted since the last
   * backup; or the bitmap is not of the kind that was made.
   */
  BITMAP_NOT_PERSISTENT,
  /** The bitmap has the right name and is not the one that was made: somebody made it anew. */
  BITMAP_NOT_AS_MADE,
  /** A backing file of the disk was written to or exchanged. */
  BACKING_CHANGED,
  /** QEMU did not end cleanly while it held the bitmap. */
  BITMAP_INCONSISTENT,
  /** Somebody disabled the bitmap: writes may be missing. */
  BITMAP_DISABLED,
  /** Somebody else's export or job uses the bitmap. */
  BITMAP_BUSY,
  /** The last data that the bitmap calls clean has changed: the disk shrank and grew, or worse. */
  CLEAN_END_CHANGED,
  /** {@code --audit} found a change that the bitmap had missed. */
  AUDIT_FAILED,
  /** The user asked for it. */
  REQUESTED
}
