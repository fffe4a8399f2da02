package org.qmpbs.client.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.qmpbs.client.restore.RestoreFixture.ARCHIVE;
import static org.qmpbs.client.restore.RestoreFixture.names;
import static org.qmpbs.client.restore.RestoreFixture.request;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;
import org.qmpbs.chunker.Zeros;
import org.qmpbs.client.lookup.NotInDatastoreException;
import org.qmpbs.client.read.DamagedArchiveException;
import org.qmpbs.client.read.JobStoppedException;
import org.qmpbs.client.restore.RestoreRequest.Selection;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.Refusal;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.WrongKeyException;

class RestoreJobTest {
  @TempDir private Path directory;
  private final RestoreFixture fixture = new RestoreFixture();

  @Test
  void aRawImageIsTheDiskByteForByteWithHolesAndForItsOwnerOnly() throws Exception {
    Path target = directory.resolve("disk.raw");
    RestoreSummary summary = fixture.restore(target);
    assertThat(Files.readAllBytes(target)).isEqualTo(fixture.image);
    long blocks = Long.parseLong(Tools.run("stat", "-c", "%b", target.toString()).trim());
    assertThat(blocks * 512).isLessThan(2L * Chunks.SIZE + (512 << 10));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-------");
    assertThat(names(directory)).containsExactly("disk.raw");
    assertThat(summary.archives().get(0).zero()).isEqualTo(Chunks.SIZE);
    assertThat(summary.archives().get(0).downloadedChunks()).isEqualTo(4);
  }

  @Test
  void zeroChunksAreNeverAskedForAndTwoCallsAreInFlightAtMost() throws Exception {
    fixture.restore(directory.resolve("disk.raw"));
    assertThat(fixture.server.reader.asked).doesNotContainKey(Zeros.digest(Chunks.SIZE));
    assertThat(fixture.server.reader.mostInFlight.get()).isLessThanOrEqualTo(2);
    assertThat(fixture.server.reader.isClosed()).isTrue();
  }

  @Test
  void aQcow2ImageIsCleanAndHasTheDisksContent() throws Exception {
    Path target = directory.resolve("disk.qcow2");
    fixture.toFile(target, ImageFormat.QCOW2, false).run();
    Tools.run("qemu-img", "check", "-q", target.toString());
    Path raw = directory.resolve("back.raw");
    Tools.run("qemu-img", "convert", "-O", "raw", target.toString(), raw.toString());
    byte[] back = Files.readAllBytes(raw);
    assertThat(back.length).isEqualTo((fixture.image.length + 511) / 512 * 512);
    assertThat(java.util.Arrays.copyOf(back, fixture.image.length)).isEqualTo(fixture.image);
  }

  @Test
  void aStreamGetsTheWholeRawImageInOrder() throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    fixture.job(request(new Selection.ToStream(ARCHIVE, stream), ImageFormat.RAW, false)).run();
    assertThat(stream.toByteArray()).isEqualTo(fixture.image);
  }

  @Test
  void allArchivesGetNamesOfTheirOwn() throws Exception {
    Path all = directory.resolve("all");
    RestoreSummary summary =
        fixture.job(request(new Selection.AllTo(all), ImageFormat.QCOW2, false)).run();
    assertThat(names(all)).containsExactly("drive-scsi0.qcow2", "qemu-server.conf");
    assertThat(all.resolve("qemu-server.conf")).hasContent("memory: 512\n");
    assertThat(summary.archives()).hasSize(2);
  }

  @Test
  void whenOneOfAllFailsNoneGetsItsName() throws Exception {
    fixture
        .server
        .snapshot("vm/100/2026-11-22T09:00:00Z")
        .image("drive-a.img.fidx", new byte[] {1})
        .image("drive-b.img.fidx", new byte[] {2});
    fixture.server.chunks.get(Digest.sha256(new byte[] {2}))[12] ^= 1;
    Path all = Files.createDirectory(directory.resolve("all"));
    RestoreJob job = fixture.job(request(new Selection.AllTo(all), ImageFormat.RAW, false));
    assertThatExceptionOfType(DamagedArchiveException.class).isThrownBy(job::run);
    assertThat(names(all)).isEmpty();
    assertThat(job.aftermath()).isEqualTo(Aftermath.PARTIAL_REMOVED);
  }

  @Test
  void aFlippedByteInAnyPartOfAChunkIsNoticedAndNamed() throws Exception {
    Digest tail = Digest.sha256(fixture.image, 4 * Chunks.SIZE, RestoreFixture.TAIL);
    byte[] good = fixture.server.chunks.get(tail);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x40;
      fixture.server.chunks.put(tail, bad);
      int position = i;
      assertThatExceptionOfType(DamagedArchiveException.class)
          .as("byte %d", position)
          .isThrownBy(() -> fixture.restore(directory.resolve("disk.raw")))
          .satisfies(e -> assertThat(e.chunk()).isEqualTo(4))
          .withMessageContaining(ARCHIVE)
          .withMessageContaining("chunk 4 (bytes 16777216 to 16782215");
      assertThat(names(directory)).isEmpty();
    }
  }

  @Test
  void anotherIntactChunkInAChunksPlaceIsNoticed() {
    Digest first = fixture.server.chunks.keySet().iterator().next();
    Digest wrong =
        fixture.server.chunks.keySet().stream().filter(d -> !d.equals(first)).findAny().get();
    fixture.server.chunks.replaceAll((digest, blob) -> fixture.server.chunks.get(wrong));
    assertThatExceptionOfType(DamagedArchiveException.class)
        .isThrownBy(() -> fixture.restore(directory.resolve("disk.raw")));
  }

  @Test
  void aFaultAtAnyChunkLeavesNothingBehind() throws Exception {
    for (Digest failing : fixture.server.chunks.keySet()) {
      if (failing.equals(Zeros.digest(Chunks.SIZE))) {
        continue;
      }
      fixture.server.hook =
          digest -> {
            if (digest.equals(failing)) {
              throw new IOException("connection lost");
            }
          };
      RestoreJob job = fixture.toFile(directory.resolve("disk.raw"), ImageFormat.RAW, false);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(job::run)
          .withMessage("connection lost");
      assertThat(names(directory)).isEmpty();
    }
  }

  @Test
  void aChunkThatTheServerCannotReadIsDamageAndOtherRefusalsAreNot() {
    fixture.server.hook =
        digest -> {
          throw Refusal.of(400, "reading file failed: No such file", ServerProblem.OTHER);
        };
    assertThatExceptionOfType(DamagedArchiveException.class)
        .isThrownBy(() -> fixture.restore(directory.resolve("disk.raw")))
        .withMessageContaining("No such file");
    fixture.server.hook =
        digest -> {
          throw Refusal.of(503, "maintenance", ServerProblem.UNAVAILABLE);
        };
    assertThatExceptionOfType(org.qmpbs.pbs.PbsException.class)
        .isThrownBy(() -> fixture.restore(directory.resolve("disk.raw")));
  }

  @Test
  void cancellingEndsTheJobAndRemovesWhatWasWritten() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    fixture.server.hook =
        digest -> {
          reached.countDown();
          try {
            cancelled.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    RestoreJob job = fixture.toFile(directory.resolve("disk.raw"), ImageFormat.RAW, false);
    Thread other =
        new Thread(
            () -> {
              try {
                reached.await();
              } catch (InterruptedException e) {
                return;
              }
              job.cancel();
              cancelled.countDown();
            });
    other.start();
    assertThatExceptionOfType(JobStoppedException.class)
        .isThrownBy(job::run)
        .satisfies(e -> assertThat(e.byDeadline()).isFalse());
    other.join();
    assertThat(names(directory)).isEmpty();
  }

  @Test
  @Timeout(30)
  void theDeadlineDoesNotWaitForTheRateLimit() throws Exception {
    RestoreRequest request =
        new RestoreRequest(
            org.qmpbs.pbs.Namespace.ROOT,
            org.qmpbs.client.lookup.SnapshotPath.parse(RestoreFixture.SNAPSHOT),
            new Selection.ToFile(ARCHIVE, directory.resolve("disk.raw")),
            ImageFormat.RAW,
            false,
            OptionalLong.of(1000),
            Optional.of(Duration.ofMillis(500)));
    assertThatExceptionOfType(JobStoppedException.class)
        .isThrownBy(() -> fixture.job(request).run())
        .satisfies(e -> assertThat(e.byDeadline()).isTrue());
    assertThat(names(directory)).isEmpty();
  }

  @Test
  void theDeadlineEndsTheJob() {
    fixture.server.hook =
        digest -> {
          while (!fixture.server.reader.isClosed()) {
            Thread.onSpinWait();
          }
        };
    RestoreRequest request =
        new RestoreRequest(
            org.qmpbs.pbs.Namespace.ROOT,
            org.qmpbs.client.lookup.SnapshotPath.parse(RestoreFixture.SNAPSHOT),
            new Selection.ToFile(ARCHIVE, directory.resolve("disk.raw")),
            ImageFormat.RAW,
            false,
            OptionalLong.empty(),
            Optional.of(Duration.ofMillis(100)));
    assertThatExceptionOfType(JobStoppedException.class)
        .isThrownBy(() -> fixture.job(request).run())
        .satisfies(e -> assertThat(e.byDeadline()).isTrue());
  }

  @Test
  void anEncryptedArchiveNeedsItsKeyBeforeAnythingIsWritten() throws Exception {
    fixture
        .server
        .snapshot("vm/101/2026-11-21T09:00:00Z")
        .file(new ManifestFile("a.img.fidx", CryptMode.ENCRYPT, 1, Zeros.digest(1)));
    RestoreJob job =
        fixture.job(
            new RestoreRequest(
                org.qmpbs.pbs.Namespace.ROOT,
                org.qmpbs.client.lookup.SnapshotPath.parse("vm/101"),
                new Selection.ToFile("a.img", directory.resolve("x")),
                ImageFormat.RAW,
                false,
                OptionalLong.empty(),
                Optional.empty()));
    assertThatExceptionOfType(WrongKeyException.class).isThrownBy(job::run);
    assertThat(job.aftermath()).isEqualTo(Aftermath.NOTHING_WRITTEN);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void foreignArchivesAreRefusedBeforeAnythingIsWritten() throws Exception {
    fixture
        .server
        .snapshot("vm/101/2026-11-21T09:00:00Z")
        .file(new ManifestFile("b.pxar.didx", CryptMode.NONE, 1, Zeros.digest(1)))
        .file(new ManifestFile("../c.blob", CryptMode.NONE, 1, Zeros.digest(1)));
    for (String archive : new String[] {"b.pxar.didx", "../c"}) {
      RestoreRequest request =
          new RestoreRequest(
              org.qmpbs.pbs.Namespace.ROOT,
              org.qmpbs.client.lookup.SnapshotPath.parse("vm/101"),
              new Selection.ToFile(archive, directory.resolve("x")),
              ImageFormat.RAW,
              false,
              OptionalLong.empty(),
              Optional.empty());
      RestoreJob job = fixture.job(request);
      assertThatExceptionOfType(UnsupportedArchiveException.class)
          .isThrownBy(job::run)
          .satisfies(e -> assertThat(e.remedy()).isNotEmpty());
      assertThat(job.aftermath()).isEqualTo(Aftermath.NOTHING_WRITTEN);
    }
    assertThat(names(directory)).isEmpty();
  }

  @Test
  void anUnknownArchiveOrSnapshotSaysWhatThereIs() {
    RestoreJob archive =
        fixture.job(
            request(new Selection.ToFile("nope", directory.resolve("x")), ImageFormat.RAW, false));
    assertThatExceptionOfType(NotInDatastoreException.class)
        .isThrownBy(archive::run)
        .satisfies(e -> assertThat(e.remedy()).contains(ARCHIVE));
  }
}
