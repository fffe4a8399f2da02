package org.qmpbs.qcow2;

import java.io.IOException;

/**
 * An image that this version cannot read: another format, or a feature that came later. Nothing is
 * damaged.
 */
public final class UnsupportedImageException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says what was met. */
  public UnsupportedImageException(String message) {
    super(message);
  }
}
