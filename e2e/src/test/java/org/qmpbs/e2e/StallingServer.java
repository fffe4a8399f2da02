package org.qmpbs.e2e;

import java.util.concurrent.CountDownLatch;
import org.qmpbs.e2e.server.Call;
import org.qmpbs.e2e.server.Fault;
import org.qmpbs.e2e.server.Faults;

/**
 * A server that takes no chunk, and answers nothing else meanwhile, from the first chunk of a
 * backup until the test lets it go on. Its connections live.
 */
final class StallingServer implements Faults {
  private CountDownLatch release = new CountDownLatch(0);
  private CountDownLatch reached = new CountDownLatch(0);
  private boolean armed;

  /** The next chunk, and everything after it, waits. */
  synchronized void stallAtNextChunk() {
    armed = true;
    release = new CountDownLatch(1);
    reached = new CountDownLatch(1);
  }

  /** Whether something waits. */
  synchronized boolean isStalling() {
    return reached.getCount() == 0 && release.getCount() > 0;
  }

  /** Everything goes on. */
  synchronized void goOn() {
    armed = false;
    release.countDown();
  }

  @Override
  public Fault before(Call call) {
    CountDownLatch gate;
    synchronized (this) {
      if (armed && call.path().equals("/fixed_chunk")) {
        reached.countDown();
      }
      gate = armed && reached.getCount() == 0 ? release : new CountDownLatch(0);
    }
    try {
      gate.await();
    } catch (InterruptedException interrupt) {
      // The server ends.
      Thread.currentThread().interrupt();
      return new Fault.Close();
    }
    return new Fault.None();
  }
}
