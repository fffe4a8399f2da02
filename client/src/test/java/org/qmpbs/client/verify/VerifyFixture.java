package org.qmpbs.client.verify;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.memory.ManualClock;
import org.qmpbs.client.memory.MemoryServer;
import org.qmpbs.client.memory.MemorySnapshot;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.retry.Retries;
import org.qmpbs.client.verify.VerifyRequest.Records;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.ReadKey;

/**
 * A datastore with one snapshot of two disks. The first has chunks A, B, zeros, A, C; the second B,
 * D and a short tail E: six chunks, of which two are shared.
 */
final class VerifyFixture {
  static final String SNAPSHOT = "vm/100/2026-11-21T09:00:00Z";
  static final String FIRST = "drive-scsi0.img.fidx";
  static final String SECOND = "drive-scsi1.img.fidx";
  static final String CONFIG = "qemu-server.conf.blob";
  static final int CHUNK = Chunks.SIZE;
  static final int TAIL = 5000;
  static final int CHUNKS = 6;

  final MemoryServer server = new MemoryServer();
  final MemorySnapshot snapshot = server.snapshot(SNAPSHOT);
  final ManualClock clock = new ManualClock();
  private final byte[] first = image("AB0AC", 5 * CHUNK);
  private final byte[] second = image("BDE", 2 * CHUNK + TAIL);

  VerifyFixture() {
    snapshot
        .image(FIRST, first)
        .image(SECOND, second)
        .blob(CONFIG, "memory: 512\n".getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] image(String chunks, int size) {
    byte[] image = new byte[size];
    for (int i = 0; i < chunks.length(); i++) {
      int end = Math.min(size, (i + 1) * CHUNK);
      Arrays.fill(image, i * CHUNK, end, (byte) (chunks.charAt(i) - '0'));
    }
    return image;
  }

  /** The chunk at a place of the first disk. */
  Digest chunk(int position) {
    return Digest.sha256(first, position * CHUNK, CHUNK);
  }

  /** The short chunk at the end of the second disk. */
  Digest tail() {
    return Digest.sha256(second, 2 * CHUNK, TAIL);
  }

  static VerifyRequest request(Subset subset, Optional<Path> record) {
    return new VerifyRequest(
        Namespace.ROOT,
        SnapshotPath.parse("vm/100"),
        subset,
        record.<Records>map(Records.InFile::new).orElseGet(Records.Nowhere::new),
        false,
        OptionalLong.empty(),
        Optional.empty(),
        new Retries(2, Duration.ofMillis(1)),
        ReadKey.NONE);
  }

  VerifyJob job(VerifyRequest request, Progress progress) {
    return new VerifyJob(server, request, progress, clock, new Random(1));
  }

  VerifyJob job(Path record) {
    return job(request(Subset.ALL, Optional.of(record)), Progress.NONE);
  }
}
