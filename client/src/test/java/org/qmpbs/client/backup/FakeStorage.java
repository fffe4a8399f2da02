package org.qmpbs.client.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Storage that stalls, fails and fills up as a test says. */
final class FakeStorage implements ScratchStorage {
  /** For tests in which nobody is to look. */
  static final ScratchCare.Pace NEVER = paced(Duration.ofDays(1));

  final AtomicInteger writes = new AtomicInteger();
  volatile boolean stalled;
  volatile boolean refusing;
  volatile boolean broken;
  volatile Duration slowness = Duration.ZERO;
  volatile String type = "ext4";
  volatile long room = 1L << 40;

  /** Everything happens at this pace; nothing is ever too long. */
  static ScratchCare.Pace paced(Duration beat) {
    Duration ever = Duration.ofDays(1);
    return new ScratchCare.Pace(beat, beat, ever, ever, ever, beat);
  }

  @Override
  public Trial open(Path directory) throws IOException {
    if (refusing) {
      throw new IOException("Permission denied");
    }
    return new Trial() {
      @Override
      public void write() throws IOException {
        while (stalled) {
          LockSupport.parkNanos(1_000_000);
        }
        LockSupport.parkNanos(slowness.toNanos());
        if (broken) {
          throw new IOException("Input/output error");
        }
        writes.incrementAndGet();
      }

      @Override
      public String type() {
        return type;
      }

      @Override
      public long room() {
        return room;
      }

      @Override
      public void close() {}
    };
  }
}
