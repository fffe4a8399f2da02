package org.qmpbs.qcow2.bitmap;

import java.io.IOException;

/** The side file of a repair cannot be used: it is none, or damaged, or of a later kind. */
public final class SideFileException extends IOException {
  private static final long serialVersionUID = 1L;

  SideFileException(String message) {
    super(message + ". Nothing was written to the image.");
  }
}
