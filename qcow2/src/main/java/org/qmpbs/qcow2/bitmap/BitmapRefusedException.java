package org.qmpbs.qcow2.bitmap;

import java.io.IOException;

/**
 * The image is as it should be, and what was asked for cannot be done to it. The message says why,
 * {@link #remedy} what to do instead.
 */
public final class BitmapRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why it was refused. */
  public enum Reason {
    /** A version 2 image. */
    VERSION_2,
    /** The guest's data is encrypted. */
    ENCRYPTED,
    /** Not closed cleanly, or marked corrupt: its refcounts cannot be relied on. */
    UNCLEAN,
    /** A disk of 0 bytes. */
    EMPTY_DISK,
    /** There is no such bitmap. */
    NOT_FOUND,
    /** There is one of that name. */
    ALREADY_EXISTS,
    /** In use: it can be removed, nothing else. */
    INCONSISTENT,
    /** There is no such bitmap to merge from. */
    SOURCE_NOT_FOUND,
    /** The bitmap to merge from is in use. */
    SOURCE_INCONSISTENT,
    /** The two disks have different sizes. */
    SOURCE_SIZE,
    /** No power of 2 from 512 to 2^31. */
    GRANULARITY,
    /** Not 1 to 1023 bytes. */
    NAME,
    /** 65535 is the most. */
    TOO_MANY,
    /** The directory would be larger than 64 MiB. */
    DIRECTORY_TOO_LARGE,
    /** The granularity is too fine for the size of the disk. */
    BITMAP_TOO_LARGE,
    /** The device or file system is full. */
    NO_ROOM,
    /** The first cluster has no room for the bitmaps extension. */
    NO_ROOM_IN_HEADER,
    /** Somebody without a lock wrote to the image meanwhile. */
    CHANGED,
    /** The bitmaps are damaged: check and repair come first. */
    DAMAGED
  }

  private final Reason reason;
  private final String remedy;

  /** Cause and consequence in {@code message}, what to do in {@code remedy}. */
  BitmapRefusedException(Reason reason, String message, String remedy) {
    super(message);
    this.reason = reason;
    this.remedy = remedy;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** What to do, as a sentence. */
  public String remedy() {
    return remedy;
  }
}
