package org.qmpbs.client.restore;

/** What a restore that did not succeed has left behind. */
public enum Aftermath {
  /** Nothing was written anywhere. */
  NOTHING_WRITTEN,
  /** What had been written is gone; a target that was there before is as it was. */
  PARTIAL_REMOVED,
  /** What had been written could not be removed; its name has {@code qmpbs-partial} in it. */
  PARTIAL_LEFT,
  /** The device holds part of the image and part of what it held before. */
  DEVICE_INCOMPLETE,
  /** The reader of the stream got the beginning of the image only. */
  STREAM_INCOMPLETE,
  /** All images were whole, but not all of them could be given their names. */
  PARTLY_PUBLISHED
}
