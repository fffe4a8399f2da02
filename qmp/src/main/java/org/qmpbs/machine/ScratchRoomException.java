package org.qmpbs.machine;

import java.io.IOException;

/** The scratch directory has not the room for a copy of the disks. Nothing was touched. */
public final class ScratchRoomException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says how much there is and how much it takes. */
  public ScratchRoomException(String message) {
    super(message);
  }

  /** What the user can do. */
  public String remedy() {
    return "Name a directory with more room with --scratch, exclude a disk, start the machine"
        + " without iothreads, or upgrade QEMU to 8.2.3, 9.0 or later, which needs no copy";
  }
}
