package org.qmpbs.client.config;

import java.nio.file.Path;

/**
 * A place in a file of the configuration.
 *
 * @param file as it was found
 * @param line from 1; 0 is the file as a whole
 * @param column from 1, in characters; 0 is the file as a whole
 */
public record Place(Path file, int line, int column) implements Origin {
  /** The file as a whole. */
  static Place of(Path file) {
    return new Place(file, 0, 0);
  }

  @Override
  public String label() {
    return toString();
  }

  /** {@code FILE:LINE:COLUMN}, as compilers have it. */
  @Override
  public String toString() {
    return line == 0 ? file.toString() : file + ":" + line + ":" + column;
  }
}
