package org.qmpbs.client.verify;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.BitSet;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.verify.VerifyRecord.Subject;
import org.qmpbs.client.verify.VerifyRequest.Records;

/**
 * Where a verification begins, and what it keeps for the next one. A record counts only if the
 * chunks that it is about are the very ones that were chosen now.
 */
final class Resumption {
  private static final int NAME_LENGTH = 16;

  private final Optional<RecordFile> file;
  private final Subject subject;
  private final Clock clock;
  private final long seed;
  private Optional<VerifyRecord> before;
  private Instant begun;
  private Digest plan;

  private Resumption(
      Optional<RecordFile> file,
      Subject subject,
      Clock clock,
      Optional<VerifyRecord> before,
      long seed) {
    this.file = file;
    this.subject = subject;
    this.clock = clock;
    this.before = before;
    this.seed = seed;
    this.begun = clock.instant();
    this.plan = subject.manifest();
  }

  /** Looks for what an interrupted run of the same request left. */
  static Resumption of(
      VerifyRequest request,
      Subject subject,
      Clock clock,
      RandomGenerator random,
      Progress progress)
      throws RecordException {
    Optional<RecordFile> file =
        path(request.records(), subject).map(path -> new RecordFile(path, clock, progress));
    Optional<VerifyRecord> found = file.isPresent() ? file.get().load(subject) : Optional.empty();
    Optional<VerifyRecord> before = found.filter(each -> !request.isFresh());
    long seed = before.map(VerifyRecord::seed).orElseGet(random::nextLong);
    return new Resumption(file, subject, clock, before, seed);
  }

  private static Optional<Path> path(Records records, Subject subject) {
    if (records instanceof Records.InFile named) {
      return Optional.of(named.file());
    }
    if (records instanceof Records.InDirectory in) {
      String name = Digest.sha256(subject.toString().getBytes(StandardCharsets.UTF_8)).hex();
      return Optional.of(in.directory().resolve(name.substring(0, NAME_LENGTH)));
    }
    return Optional.empty();
  }

  /** Decides which chunks the sample has. */
  long seed() {
    return seed;
  }

  /** Which of the chosen chunks were good. */
  BitSet begin(Inventory inventory, int[] chosen) {
    plan = inventory.checksum(chosen);
    before = before.filter(old -> old.plan().equals(plan) && old.good().length() <= chosen.length);
    begun = before.map(VerifyRecord::begun).orElse(begun);
    return before.map(VerifyRecord::good).orElseGet(BitSet::new);
  }

  /** What earlier runs had done of it, if there were any. */
  Optional<VerifyResult.Resumed> resumed() {
    return before.map(old -> new VerifyResult.Resumed(old.good().cardinality(), old.begun()));
  }

  void keep(BitSet good) {
    file.ifPresent(
        to -> to.save(new VerifyRecord(subject, seed, plan, begun, clock.instant(), good)));
  }

  /** The run was at its end, whatever it found. */
  void finished() {
    file.ifPresent(RecordFile::delete);
  }

  /** Where something is kept. */
  Optional<Path> keptIn() {
    return file.filter(RecordFile::isKept).map(RecordFile::path);
  }
}
