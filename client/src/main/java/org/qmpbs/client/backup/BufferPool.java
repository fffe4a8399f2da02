package org.qmpbs.client.backup;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A fixed number of equal buffers: the bound on a pipeline's memory, and its back-pressure. Whoever
 * needs one waits until somebody gives one back. Buffers are allocated when first needed, so that a
 * small disk does not cost the memory of a large one.
 */
final class BufferPool {
  private final int bufferSize;
  private final int most;
  private final Deque<byte[]> free = new ArrayDeque<>();
  private int allocated;
  private boolean stopped;

  BufferPool(int most, int bufferSize) {
    this.most = most;
    this.bufferSize = bufferSize;
  }

  /** A buffer with any content, owned by the caller until {@link #give}. */
  synchronized byte[] take() throws IOException, InterruptedException {
    while (!stopped && free.isEmpty() && allocated == most) {
      wait();
    }
    if (stopped) {
      throw new IOException("the pipeline was stopped");
    }
    byte[] recycled = free.poll();
    if (recycled != null) {
      return recycled;
    }
    allocated++;
    return new byte[bufferSize];
  }

  /** Gives a buffer back; the caller must not touch it any more. */
  synchronized void give(byte[] buffer) {
    free.push(buffer);
    notifyAll();
  }

  /** Lets nobody have a buffer any more; who waits for one fails. */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  /** How many are out. */
  synchronized int lent() {
    return allocated - free.size();
  }
}
