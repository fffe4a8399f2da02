package org.qmpbs.client.restore;

import java.util.Locale;

/** What a restored image is written as. */
public enum ImageFormat {
  /** The disk's bytes at their places; zeros are holes. */
  RAW,
  /** A qcow2 version 3 image without backing file and without bitmaps. */
  QCOW2;

  /** The name on the command line, also the extension of files that {@code --all} writes. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The format named {@code id}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ImageFormat parse(String id) {
    for (ImageFormat format : values()) {
      if (format.id().equals(id)) {
        return format;
      }
    }
    throw new IllegalArgumentException("'" + id + "' is not one of raw, qcow2");
  }
}
