package org.qmpbs.client.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.qmpbs.client.verify.VerifyFixture.CHUNKS;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.memory.RecordedProgress;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.read.JobStoppedException;
import org.qmpbs.client.verify.Subset.Share;

@Timeout(60)
class ResumptionTest {
  @TempDir private Path directory;
  private final VerifyFixture fixture = new VerifyFixture();
  private final RecordedProgress progress = new RecordedProgress();
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("state").resolve("record");
  }

  private VerifyRequest request(Subset subset) {
    return VerifyFixture.request(subset, Optional.of(file));
  }

  private VerifyResult verify(Subset subset) throws Exception {
    fixture.server.hook = digest -> {};
    return fixture.job(request(subset), progress).run();
  }

  /** Cancels a run when {@code chunks} were asked for; returns those that it has read. */
  private Set<Digest> interrupt(Subset subset, int chunks) {
    AtomicInteger calls = new AtomicInteger();
    VerifyJob[] job = new VerifyJob[1];
    Set<Digest> read = new HashSet<>();
    fixture.server.hook =
        digest -> {
          synchronized (read) {
            if (calls.incrementAndGet() > chunks) {
              job[0].cancel();
            } else {
              read.add(digest);
            }
          }
        };
    job[0] = fixture.job(request(subset), Progress.NONE);
    assertThatExceptionOfType(JobStoppedException.class).isThrownBy(job[0]::run);
    assertThat(job[0].keptIn()).contains(file);
    return read;
  }

  @Test
  void theNextRunReadsOnlyWhatTheInterruptedOneHasNotKept() throws Exception {
    interrupt(Subset.ALL, 4);
    int kept = VerifyRecordCodec.decode(Files.readAllBytes(file)).good().cardinality();
    fixture.clock.advance(Duration.ofHours(5));
    VerifyResult result = verify(Subset.ALL);
    assertThat(result.resumed()).map(VerifyResult.Resumed::chunks).contains(kept);
    assertThat(fixture.server.reader.asked).hasSize(CHUNKS - kept);
    assertThat(result.chunksGood()).isEqualTo(CHUNKS);
    assertThat(result.isDamaged()).isFalse();
    assertThat(file).as("the run was at its end").doesNotExist();
  }

  @Test
  void aRandomSampleStaysTheSameSample() throws Exception {
    Subset half = new Share(50);
    Set<Digest> read = interrupt(half, 2);
    VerifyResult result = verify(half);
    Set<Digest> all = new HashSet<>(fixture.server.reader.asked.keySet());
    all.addAll(read);
    assertThat(all).hasSize(CHUNKS / 2);
    assertThat(result.chunksChosen()).isEqualTo(CHUNKS / 2);
  }

  @Test
  void whatWasDamagedIsReadAgain() throws Exception {
    fixture.server.chunks.get(fixture.chunk(0))[20] ^= 1;
    interrupt(Subset.ALL, 4);
    assertThat(verify(Subset.ALL).chunks()).hasSize(1);
    assertThat(fixture.server.reader.asked).containsKey(fixture.chunk(0));
  }

  @Test
  void aRecordOfAnotherSubsetOrSnapshotOrTimeIsNotUsed() throws Exception {
    interrupt(Subset.ALL, 3);
    assertThat(verify(new Share(100)).resumed()).isEmpty();
    interrupt(Subset.ALL, 3);
    fixture.clock.advance(RecordFile.LONGEST_LIFE.plusSeconds(1));
    assertThat(verify(Subset.ALL).resumed()).isEmpty();
    interrupt(Subset.ALL, 3);
    fixture.server.snapshot("vm/100/2026-11-22T09:00:00Z").image("d.fidx", new byte[] {1});
    assertThat(verify(Subset.ALL).resumed()).isEmpty();
    assertThat(progress.notes).hasSize(3).allMatch(line -> line.contains("from the start"));
  }

  @Test
  void aVerificationThatIsInterruptedAgainAndAgainDoesNotBelieveItsFirstChunksForEver()
      throws Exception {
    interrupt(Subset.ALL, 3);
    fixture.clock.advance(RecordFile.LONGEST_LIFE.minusDays(1));
    interrupt(Subset.ALL, 4);
    fixture.clock.advance(Duration.ofDays(2));
    assertThat(verify(Subset.ALL).resumed()).isEmpty();
  }

  @Test
  void aDamagedRecordIsSaidSoAndNeverBelieved() throws Exception {
    interrupt(Subset.ALL, 4);
    byte[] good = Files.readAllBytes(file);
    List<byte[]> damaged = new ArrayList<>(List.of(new byte[0]));
    for (int at = VerifyRecordCodec.MAGIC.length(); at < good.length; at += 31) {
      byte[] flipped = good.clone();
      flipped[at] ^= 1;
      damaged.add(flipped);
      damaged.add(Arrays.copyOf(good, at));
    }
    for (byte[] content : damaged) {
      Files.write(file, content);
      RecordFile record = new RecordFile(file, fixture.clock, progress);
      assertThat(record.load(VerifyRecordCodec.decode(good).subject())).isEmpty();
    }
    assertThat(progress.notes).hasSize(damaged.size()).allMatch(line -> line.contains("damaged"));
  }

  @Test
  void aFileOfSomethingElseIsNeverOverwritten() throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "precious");
    assertThatExceptionOfType(RecordException.class).isThrownBy(() -> verify(Subset.ALL));
    assertThat(file).hasContent("precious");
  }

  @Test
  void aRecordThatCannotBeWrittenIsAWarningOnly() throws Exception {
    Files.writeString(directory.resolve("state"), "a file where a directory is needed");
    assertThat(verify(Subset.ALL).chunksGood()).isEqualTo(CHUNKS);
    assertThat(progress.warnings).singleElement().asString().contains("starts again");
  }

  @Test
  void onRequestEverythingIsReadAgain() throws Exception {
    interrupt(Subset.ALL, 4);
    VerifyRequest asked = request(Subset.ALL);
    VerifyRequest fresh =
        new VerifyRequest(
            asked.namespace(),
            asked.snapshot(),
            asked.subset(),
            asked.records(),
            true,
            asked.rate(),
            asked.deadline(),
            asked.retries(),
            asked.key());
    fixture.server.hook = digest -> {};
    assertThat(fixture.job(fresh, progress).run().resumed()).isEmpty();
    assertThat(fixture.server.reader.asked).hasSize(CHUNKS);
  }
}
