package org.qmpbs.client.benchmark;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.read.JobStop;
import org.qmpbs.pbs.SpeedTest;

/**
 * Measures with the code that backups use, on one thread, and the official client's data: counting
 * up, which compresses like a file system of mixed content. The first part of each measurement only
 * warms Java up and is not counted.
 */
public final class Benchmark {
  private static final int PLAIN = 1 << 20;

  private final Duration each;
  private final LongSupplier nanos;
  private final Progress progress;
  private final JobStop stop;
  private final byte[] plain = counting(PLAIN);

  /**
   * Prepares measurements.
   *
   * @param each how long each of them lasts
   * @param nanos a clock
   */
  public Benchmark(Duration each, LongSupplier nanos, Progress progress, JobStop stop) {
    this.each = each;
    this.nanos = nanos;
    this.progress = progress;
    this.stop = stop;
  }

  private interface Step {
    void once() throws IOException;
  }

  /** Little-endian numbers from 0 on. */
  static byte[] counting(int length) {
    byte[] data = new byte[length];
    for (int at = 0; at < length; at++) {
      data[at] = (byte) ((at / Integer.BYTES) >>> ((at % Integer.BYTES) * Byte.SIZE));
    }
    return data;
  }

  /** Bytes a second of everything that needs no server. */
  public Map<Measure, Double> local(EncryptionKey key, SecureRandom random) throws IOException {
    byte[] blob = Blob.encode(plain, 0, plain.length);
    byte[] buffer = new byte[Blob.maxEncodedLength(plain.length)];
    Digest name = Digest.sha256(plain);
    Map<Measure, Double> speeds = new EnumMap<>(Measure.class);
    speeds.put(Measure.SHA256, speed(Measure.SHA256, () -> Digest.sha256(plain)));
    speeds.put(
        Measure.COMPRESS,
        speed(Measure.COMPRESS, () -> Blob.encode(plain, 0, plain.length, buffer)));
    speeds.put(
        Measure.DECOMPRESS,
        speed(Measure.DECOMPRESS, () -> ChunkOpener.PLAIN.open(blob, plain.length)));
    speeds.put(Measure.VERIFY, speed(Measure.VERIFY, () -> verify(blob, name)));
    speeds.put(Measure.AES256_GCM, speed(Measure.AES256_GCM, () -> key.seal(plain, random)));
    return speeds;
  }

  private void verify(byte[] blob, Digest name) throws IOException {
    if (!Digest.sha256(ChunkOpener.PLAIN.open(blob, plain.length)).equals(name)) {
      throw new IllegalStateException("this host computes wrongly: a chunk has not its own digest");
    }
  }

  private double speed(Measure measure, Step step) throws IOException {
    progress.phase("measuring " + measure.title());
    long begin = nanos.getAsLong();
    long warm = begin + each.toNanos() / 3;
    while (nanos.getAsLong() < warm) {
      stop.check();
      step.once();
    }
    long counted = nanos.getAsLong();
    long end = begin + each.toNanos();
    long bytes = 0;
    do {
      stop.check();
      step.once();
      bytes += plain.length;
    } while (nanos.getAsLong() < end);
    return perSecond(bytes, nanos.getAsLong() - counted);
  }

  private static double perSecond(long bytes, long elapsed) {
    return bytes * 1e9 / Math.max(1, elapsed);
  }

  /** Bytes a second that a server takes, with as many calls in flight as a backup has. */
  public double tls(SpeedTest session) throws IOException {
    progress.phase("measuring " + Measure.TLS.title());
    return new UploadSpeed(session, each, nanos, stop).measure();
  }
}
