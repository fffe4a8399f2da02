package org.qmpbs.client.benchmark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.client.read.JobStop;
import org.qmpbs.pbs.SpeedTest;

/** Sends chunks to a server that throws them away, for a while. */
final class UploadSpeed {
  /** As many as a backup has in flight (docs/protocol.md, "Calls in flight"). */
  private static final int SENDERS = 4;

  private final SpeedTest session;
  private final Duration time;
  private final LongSupplier nanos;
  private final JobStop stop;
  private final byte[] data = Benchmark.counting(Chunks.SIZE);
  private final LongAdder bytes = new LongAdder();

  UploadSpeed(SpeedTest session, Duration time, LongSupplier nanos, JobStop stop) {
    this.session = session;
    this.time = time;
    this.nanos = nanos;
    this.stop = stop;
  }

  /** Bytes a second. */
  double measure() throws IOException {
    ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    try {
      long begin = nanos.getAsLong();
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        sent.add(senders.submit(() -> send(begin + time.toNanos())));
      }
      for (Future<?> each : sent) {
        await(each);
      }
      return bytes.sum() * 1e9 / Math.max(1, nanos.getAsLong() - begin);
    } finally {
      senders.shutdownNow();
    }
  }

  private @Nullable Void send(long end) throws IOException {
    do {
      stop.check();
      session.send(data);
      bytes.add(data.length);
    } while (nanos.getAsLong() < end);
    return null;
  }

  private void await(Future<?> sender) throws IOException {
    try {
      sender.get();
    } catch (InterruptedException e) {
      throw stop.interrupted(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("sending failed", e.getCause());
    }
  }
}
