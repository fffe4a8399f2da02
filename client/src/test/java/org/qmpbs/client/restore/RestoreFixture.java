package org.qmpbs.client.restore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.memory.ManualClock;
import org.qmpbs.client.memory.MemoryServer;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.restore.RestoreRequest.Selection;
import org.qmpbs.pbs.Namespace;

/** A datastore with one snapshot of a small disk: data, zeros, mixed, data, short. */
final class RestoreFixture {
  static final String SNAPSHOT = "vm/100/2026-11-21T09:00:00Z";
  static final String ARCHIVE = "drive-scsi0.img.fidx";
  static final int TAIL = 5000;

  final MemoryServer server = new MemoryServer();
  final byte[] image = image();

  RestoreFixture() {
    server
        .snapshot(SNAPSHOT)
        .image(ARCHIVE, image)
        .blob("qemu-server.conf.blob", "memory: 512\n".getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] image() {
    byte[] image = new byte[4 * Chunks.SIZE + TAIL];
    Random random = new Random(7);
    for (int chunk : new int[] {0, 3}) {
      byte[] data = new byte[Chunks.SIZE];
      random.nextBytes(data);
      System.arraycopy(data, 0, image, chunk * Chunks.SIZE, data.length);
    }
    image[2 * Chunks.SIZE + 100_000] = 1;
    image[image.length - 1] = 2;
    return image;
  }

  static RestoreRequest request(Selection selection, ImageFormat format, boolean force) {
    return new RestoreRequest(
        Namespace.ROOT,
        SnapshotPath.parse("vm/100"),
        selection,
        format,
        force,
        OptionalLong.empty(),
        Optional.empty());
  }

  RestoreJob job(RestoreRequest request) {
    return new RestoreJob(server, request, Progress.NONE, new ManualClock(), new Random(1));
  }

  RestoreJob toFile(Path target, ImageFormat format, boolean force) {
    return job(request(new Selection.ToFile("drive-scsi0.img", target), format, force));
  }

  RestoreSummary restore(Path target) throws IOException {
    return toFile(target, ImageFormat.RAW, false).run();
  }

  static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
