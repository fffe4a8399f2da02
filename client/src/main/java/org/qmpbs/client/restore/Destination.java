package org.qmpbs.client.restore;

import java.io.OutputStream;
import java.nio.file.Path;

/** Where one archive goes, after everything was checked that can be checked beforehand. */
sealed interface Destination {
  /** How the summary and messages call it. */
  String name();

  /**
   * A regular file.
   *
   * @param path absolute, links resolved
   * @param replaces whether something is there that may go
   */
  record ToFile(Path path, boolean replaces) implements Destination {
    @Override
    public String name() {
      return path.toString();
    }
  }

  /**
   * An existing block device.
   *
   * @param path absolute, links resolved
   */
  record ToDevice(Path path) implements Destination {
    @Override
    public String name() {
      return path.toString();
    }
  }

  /**
   * Somebody who reads along.
   *
   * @param stream belongs to the caller
   */
  record ToStream(OutputStream stream) implements Destination {
    @Override
    public String name() {
      return "-";
    }
  }
}
