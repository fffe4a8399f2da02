package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.qmpbs.machine.DiskView;
import org.qmpbs.machine.MachineInstant;

/** An instant that is taken apart only when its scratch storage answers. */
final class WatchedInstant implements MachineInstant {
  private final MachineInstant instant;
  private final ScratchWatch watch;

  WatchedInstant(MachineInstant instant, ScratchWatch watch) {
    this.instant = instant;
    this.watch = watch;
  }

  @Override
  public Path nbdSocket() {
    return instant.nbdSocket();
  }

  @Override
  public List<DiskView> disks() {
    return instant.disks();
  }

  @Override
  public void verify() throws IOException {
    instant.verify();
  }

  @Override
  public void close() throws IOException {
    try {
      watch.close();
    } finally {
      instant.close();
    }
  }
}
