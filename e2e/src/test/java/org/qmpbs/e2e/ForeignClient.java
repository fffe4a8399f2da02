package org.qmpbs.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.ChunkSealer;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.FixedIndexBuilder;
import org.qmpbs.chunker.Zeros;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.BackupSession;
import org.qmpbs.pbs.Fingerprint;
import org.qmpbs.pbs.FixedIndexWriter;
import org.qmpbs.pbs.IndexEntry;
import org.qmpbs.pbs.Login;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Protection;
import org.qmpbs.pbs.Repository;
import org.qmpbs.pbs.Secret;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.Timeouts;

/** Another program that backs up to the same group, and knows nothing of bitmaps and epochs. */
final class ForeignClient {
  private ForeignClient() {}

  /** Makes a snapshot of one archive of zeros, newer than all others of the group. */
  static void backUp(TestServer server, String group, String archive, long size) {
    BackupGroup target = BackupGroup.parse(group);
    try (PbsServer pbs = PbsServer.open(login(server.environment()), Timeouts.DEFAULT)) {
      long last =
          pbs.snapshots(Namespace.ROOT, Optional.of(target)).stream()
              .mapToLong(info -> info.snapshot().time())
              .max()
              .orElse(0);
      Snapshot snapshot = new Snapshot(target, Math.max(Instant.now().getEpochSecond(), last + 1));
      try (BackupSession session = pbs.startBackup(Namespace.ROOT, snapshot, Protection.NONE)) {
        Manifest manifest =
            new Manifest(
                snapshot,
                List.of(
                    session.uploadBlob(
                        "qemu-server.conf.blob", "memory: 1\n".getBytes(StandardCharsets.UTF_8)),
                    zeros(session, archive, size)));
        session.finish(manifest);
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Makes a snapshot of one small file at {@code time}, which is newer than all of the group. */
  static void backUpSmall(TestServer server, String group, long time, byte[] content) {
    Snapshot snapshot = new Snapshot(BackupGroup.parse(group), time);
    try (PbsServer pbs = PbsServer.open(login(server.environment()), Timeouts.DEFAULT);
        BackupSession session = pbs.startBackup(Namespace.ROOT, snapshot, Protection.NONE)) {
      ManifestFile file = session.uploadBlob("qemu-server.conf.blob", content);
      session.finish(new Manifest(snapshot, List.of(file)));
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Makes a snapshot, now, of one archive with this content. */
  static Snapshot backUp(TestServer server, String group, String archive, byte[] image) {
    Snapshot snapshot = new Snapshot(BackupGroup.parse(group), Instant.now().getEpochSecond());
    try (PbsServer pbs = PbsServer.open(login(server.environment()), Timeouts.DEFAULT);
        BackupSession session = pbs.startBackup(Namespace.ROOT, snapshot, Protection.NONE)) {
      FixedIndexBuilder index = new FixedIndexBuilder(image.length);
      FixedIndexWriter writer = session.createIndex(archive, image.length);
      List<IndexEntry> entries = new ArrayList<>();
      for (int position = 0; position < index.chunkCount(); position++) {
        int start = (int) Chunks.start(position);
        int length = Chunks.length(image.length, position);
        Digest digest = Digest.sha256(image, start, length);
        byte[] encoded = Blob.encode(image, start, length);
        writer.uploadChunk(digest, length, encoded, encoded.length);
        index.set(position, digest);
        entries.add(new IndexEntry(start, digest));
      }
      writer.append(entries);
      session.finish(new Manifest(snapshot, List.of(writer.close(index.checksum()))));
      return snapshot;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  private static ManifestFile zeros(BackupSession session, String archive, long size)
      throws IOException {
    FixedIndexBuilder index = new FixedIndexBuilder(size);
    FixedIndexWriter writer = session.createIndex(archive, size);
    List<IndexEntry> entries = new ArrayList<>();
    for (int position = 0; position < index.chunkCount(); position++) {
      int length = Chunks.length(size, position);
      Digest digest = Zeros.digest(length);
      byte[] encoded = ChunkSealer.PLAIN.sealZeros(length);
      writer.uploadChunk(digest, length, encoded, encoded.length);
      index.set(position, digest);
      entries.add(new IndexEntry(Chunks.start(position), digest));
    }
    writer.append(entries);
    return writer.close(index.checksum());
  }

  private static Login login(Map<String, String> environment) {
    return new Login(
        Repository.parse(environment.get("PBS_REPOSITORY")),
        new Secret(environment.get("PBS_PASSWORD")),
        List.of(Fingerprint.parse(environment.get("PBS_FINGERPRINT"))));
  }
}
