package org.qmpbs.client.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.groups.Tuple.tuple;
import static org.qmpbs.client.verify.VerifyFixture.CHUNK;
import static org.qmpbs.client.verify.VerifyFixture.CHUNKS;
import static org.qmpbs.client.verify.VerifyFixture.CONFIG;
import static org.qmpbs.client.verify.VerifyFixture.FIRST;
import static org.qmpbs.client.verify.VerifyFixture.SECOND;
import static org.qmpbs.client.verify.VerifyFixture.SNAPSHOT;
import static org.qmpbs.client.verify.VerifyFixture.TAIL;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.qmpbs.chunker.Blob;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.memory.Indexes;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.read.ByteRange;
import org.qmpbs.client.read.DamagedArchiveException.Kind;
import org.qmpbs.client.verify.Damage.Place;
import org.qmpbs.client.verify.Subset.Part;
import org.qmpbs.client.verify.Subset.Share;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.PbsFailures;
import org.qmpbs.pbs.Refusal;
import org.qmpbs.pbs.ServerProblem;
import org.qmpbs.pbs.SessionLostException;
import org.qmpbs.pbs.Snapshot;

@Timeout(60)
class VerifyJobTest {
  private final VerifyFixture fixture = new VerifyFixture();

  private VerifyResult verify(Subset subset) throws IOException {
    return fixture.job(VerifyFixture.request(subset, Optional.empty()), Progress.NONE).run();
  }

  private VerifyResult verify() throws IOException {
    return verify(Subset.ALL);
  }

  @Test
  void everyChunkIsReadOnceHoweverOftenItIsShared() throws Exception {
    VerifyResult result = verify();
    assertThat(result.isDamaged()).isFalse();
    assertThat(result.archives()).containsExactly(FIRST, SECOND, CONFIG);
    assertThat(result.chunksTotal()).isEqualTo(CHUNKS);
    assertThat(result.chunksGood()).isEqualTo(CHUNKS);
    assertThat(result.bytesVerified()).isEqualTo(5L * CHUNK + TAIL);
    assertThat(fixture.server.reader.asked).hasSize(CHUNKS);
    assertThat(fixture.server.reader.asked.values()).allMatch(count -> count.get() == 1);
    assertThat(fixture.server.reader.mostInFlight.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void allKindsOfDamageAreToldApartAndNoneEndsTheRun() throws Exception {
    Map<Digest, byte[]> chunks = fixture.server.chunks;
    Digest corrupt = fixture.chunk(0);
    chunks.get(corrupt)[20] ^= 1;
    Digest swapped = fixture.chunk(1);
    chunks.put(swapped, chunks.get(fixture.chunk(4)).clone());
    Digest wrongLength = fixture.tail();
    chunks.put(wrongLength, Blob.encode(new byte[TAIL - 1], 0, TAIL - 1));
    fixture.server.hook =
        digest -> {
          if (digest.equals(fixture.chunk(2))) {
            throw Refusal.of(400, "reading file \"x\" failed: ENOENT", ServerProblem.NOT_FOUND);
          }
          if (digest.equals(fixture.chunk(4))) {
            throw Refusal.of(400, "reading file \"x\" failed: EIO", ServerProblem.STORAGE);
          }
        };
    VerifyResult result = verify();
    assertThat(result.chunksGood()).isEqualTo(1);
    Map<Digest, Kind> kinds = new HashMap<>();
    result.chunks().forEach(chunk -> kinds.put(chunk.digest(), chunk.kind()));
    assertThat(kinds)
        .containsEntry(corrupt, Kind.CORRUPT)
        .containsEntry(swapped, Kind.WRONG_CONTENT)
        .containsEntry(wrongLength, Kind.WRONG_CONTENT)
        .containsEntry(fixture.chunk(2), Kind.MISSING)
        .containsEntry(fixture.chunk(4), Kind.UNREADABLE)
        .hasSize(5);
    assertThat(result.places())
        .containsExactlyInAnyOrder(
            place(FIRST, Kind.CORRUPT, range(0, CHUNK), range(3L * CHUNK, CHUNK)),
            place(FIRST, Kind.WRONG_CONTENT, range(CHUNK, CHUNK)),
            place(FIRST, Kind.MISSING, range(2L * CHUNK, CHUNK)),
            place(FIRST, Kind.UNREADABLE, range(4L * CHUNK, CHUNK)),
            place(SECOND, Kind.WRONG_CONTENT, range(0, CHUNK), range(2L * CHUNK, TAIL)));
  }

  private static Place place(String archive, Kind kind, ByteRange... ranges) {
    return new Place(archive, kind, List.of(ranges));
  }

  private static ByteRange range(long offset, long length) {
    return new ByteRange(offset, length);
  }

  @Test
  void damagedIndexesAndBlobsCostTheirOwnArchiveOnly() throws Exception {
    fixture.snapshot.failing.put(FIRST, new CorruptDataException(FIRST, 0, "checksum"));
    fixture.snapshot.failing.put(CONFIG, Refusal.of(400, "gone", ServerProblem.NOT_FOUND));
    VerifyResult result = verify();
    assertThat(result.files())
        .extracting(Damage.WholeFile::archive, Damage.WholeFile::kind)
        .containsExactly(tuple(FIRST, Kind.CORRUPT), tuple(CONFIG, Kind.MISSING));
    assertThat(result.archives()).containsExactly(SECOND);
    assertThat(result.chunksGood()).isEqualTo(3);
  }

  @Test
  void otherSnapshotsThatShareTheDamageAreNamed() throws Exception {
    fixture.server.snapshot("vm/100/2026-11-19T09:00:00Z").image(FIRST, new byte[CHUNK]);
    fixture
        .server
        .snapshot("vm/100/2026-11-20T09:00:00Z")
        .index(FIRST, Indexes.of(CHUNK, "other"))
        .index(SECOND, Indexes.of(CHUNK, fixture.chunk(4)));
    fixture.server.chunks.get(fixture.chunk(4))[20] ^= 1;
    assertThat(verify().sharedBy()).containsExactly(Snapshot.parse("vm/100/2026-11-20T09:00:00Z"));
  }

  @Test
  void aServerThatRefusesForAnotherReasonIsNoDamage() {
    fixture.server.hook =
        digest -> {
          throw Refusal.of(503, "maintenance mode", ServerProblem.UNAVAILABLE);
        };
    assertThatExceptionOfType(PbsException.class).isThrownBy(this::verify);
  }

  @Test
  void aConnectionThatBreaksIsNoDamage() throws Exception {
    Set<Digest> broken = ConcurrentHashMap.newKeySet();
    fixture.server.hook =
        digest -> {
          if (broken.add(digest)) {
            throw PbsFailures.lost("cut", null);
          }
        };
    VerifyResult result = verify();
    assertThat(result.isDamaged()).isFalse();
    assertThat(result.chunksGood()).isEqualTo(CHUNKS);
    assertThat(result.retries()).isPositive();
    fixture.server.hook =
        digest -> {
          throw PbsFailures.lost("cut", null);
        };
    assertThatExceptionOfType(SessionLostException.class).isThrownBy(this::verify);
  }

  @Test
  void aSampleReadsWhatItSaysAndAllPartsReadEverything() throws Exception {
    assertThat(verify(new Share(1)).chunksChosen()).isEqualTo(1);
    assertThat(fixture.server.reader.asked).hasSize(1);
    Set<Digest> asked = new HashSet<>();
    for (int part = 1; part <= 3; part++) {
      assertThat(verify(new Part(part, 3)).archives()).hasSize(3);
      fixture
          .server
          .reader
          .asked
          .keySet()
          .forEach(digest -> assertThat(asked.add(digest)).isTrue());
    }
    assertThat(asked).hasSize(CHUNKS);
  }

  @Test
  void archivesOfFilesAreLeftOutAndNamed() throws Exception {
    fixture.snapshot.file(
        new ManifestFile("root.pxar.didx", CryptMode.NONE, 5, Indexes.digest("x")));
    VerifyResult result = verify();
    assertThat(result.skipped()).containsExactly("root.pxar.didx");
    assertThat(result.snapshot().toString()).isEqualTo(SNAPSHOT);
  }
}
