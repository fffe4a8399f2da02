package org.qmpbs.chunker;

import java.io.IOException;

/**
 * Well-formed bytes that this version cannot use: an encrypted blob without its key, a chunk size
 * or format that came later. Nothing is damaged.
 */
public final class UnsupportedDataException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says what was met and what would be needed to read it. */
  public UnsupportedDataException(String message) {
    super(message);
  }
}
