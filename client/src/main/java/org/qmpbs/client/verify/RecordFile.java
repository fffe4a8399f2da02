package org.qmpbs.client.verify;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.verify.VerifyRecord.Subject;
import org.qmpbs.pbs.key.SecretFiles;

/**
 * The file that an interrupted verification leaves, so that the next run can go on. Nothing depends
 * on it: one that is damaged, old or of something else is said so and not used, and one that cannot
 * be written costs the next run time and this one nothing.
 *
 * <p>It is replaced in one step, so a run that is killed leaves the last complete one.
 */
final class RecordFile {
  /** Disks fail while a file lies around: what was good a month ago has to be read again. */
  static final Duration LONGEST_LIFE = Duration.ofDays(30);

  private final Path file;
  private final Clock clock;
  private final Progress progress;
  private boolean isUnwritable;

  RecordFile(Path file, Clock clock, Progress progress) {
    this.file = file;
    this.clock = clock;
    this.progress = progress;
  }

  Path path() {
    return file;
  }

  /**
   * What the last run left of {@code subject}, if it can be used.
   *
   * @throws RecordException if the file is there and is not such a file at all
   */
  Optional<VerifyRecord> load(Subject subject) throws RecordException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(VerifyRecordCodec.MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      return unused("cannot be read (" + e + ")");
    }
    requireOurs(content);
    VerifyRecord found;
    try {
      found = VerifyRecordCodec.decode(content);
    } catch (CorruptDataException e) {
      return unused("is damaged (" + e.getMessage() + ")");
    }
    if (!found.subject().equals(subject)) {
      return unused("is of " + found.subject().snapshot() + ", " + found.subject().subset());
    }
    // Of the first run: one that is interrupted each night would else believe its oldest chunks for
    // ever, since each run writes the record anew.
    Duration age = Duration.between(found.begun(), clock.instant());
    boolean isToCome = found.saved().isAfter(clock.instant());
    if (age.compareTo(LONGEST_LIFE) > 0 || age.isNegative() || isToCome) {
      return unused(
          "begins at " + found.begun() + ", which is too long ago, or its times are to come");
    }
    return Optional.of(found);
  }

  private void requireOurs(byte[] content) throws RecordException {
    byte[] magic = VerifyRecordCodec.MAGIC.getBytes(US_ASCII);
    int shown = Math.min(magic.length, content.length);
    if (!Arrays.equals(content, 0, shown, magic, 0, shown)) {
      throw new RecordException(file + " is a file of something else, and is not overwritten");
    }
  }

  private Optional<VerifyRecord> unused(String reason) {
    progress.note("the record " + file + " " + reason + "; everything is verified from the start");
    return Optional.empty();
  }

  /** Replaces the file; a failure is told once. */
  void save(VerifyRecord verified) {
    if (isUnwritable) {
      return;
    }
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      SecretFiles.replace(file, VerifyRecordCodec.encode(verified));
    } catch (IOException e) {
      isUnwritable = true;
      progress.warn(
          "what is verified cannot be kept in "
              + file
              + " ("
              + e
              + "); if this run is interrupted, the next one starts again");
    }
  }

  /** Whether the last record is on the disk. */
  boolean isKept() {
    return !isUnwritable && Files.exists(file);
  }

  /** The verification is done. */
  void delete() {
    if (isUnwritable) {
      return;
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      progress.warn("the record " + file + " cannot be removed (" + e + ")");
    }
  }
}
