package org.qmpbs.client.diff;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.qmpbs.chunker.KeyFingerprint;
import org.qmpbs.client.diff.ArchiveDiff.State;
import org.qmpbs.client.key.Caveats;
import org.qmpbs.client.lookup.ArchiveFinder;
import org.qmpbs.client.progress.Progress;
import org.qmpbs.client.read.JobStop;
import org.qmpbs.client.read.JobStoppedException;
import org.qmpbs.client.read.PatientReader;
import org.qmpbs.client.read.Patiently;
import org.qmpbs.client.read.SnapshotOpener;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.key.MasterPublicKey;

/**
 * Compares two snapshots by their manifests and indexes; no chunk is fetched. Indexes of one
 * checksum are not even read. The content of small files is.
 *
 * <p>{@link #run} is called once. {@link #cancel} may be called from any thread at any time.
 */
public final class DiffJob {
  private static final String INDEX = ".fidx";
  private static final String BLOB = ".blob";

  private final PbsServer server;
  private final DiffRequest request;
  private final Progress progress;
  private final RandomGenerator random;
  private final JobStop stop = new JobStop("comparison", Optional.empty());

  /** Prepares a comparison on {@code server}, which the caller closes. */
  public DiffJob(PbsServer server, DiffRequest request, Progress progress, RandomGenerator random) {
    this.server = server;
    this.request = request;
    this.progress = progress;
    this.random = random;
  }

  /** One of the two. */
  private record Side(PatientReader session, Manifest manifest) {
    Optional<KeyFingerprint> key() {
      return manifest.voucher().key();
    }

    Snapshot name() {
      return manifest.snapshot();
    }
  }

  /**
   * Compares.
   *
   * @throws NotComparableException if the two are not protected in the same way
   * @throws JobStoppedException if it was cancelled
   */
  public DiffResult run() throws IOException {
    try (stop) {
      progress.phase("looking for the snapshots");
      Patiently patiently = new Patiently(request.retries(), stop, progress, random);
      SnapshotOpener snapshots =
          new SnapshotOpener(server, request.namespace(), request.key(), patiently, stop);
      Snapshot first = snapshots.find(request.first());
      Snapshot second = snapshots.find(request.second());
      try (PatientReader one = snapshots.open(first);
          PatientReader other = snapshots.open(second)) {
        progress.phase("reading the indexes");
        return new DiffResult(first, second, compare(side(one), side(other)));
      }
    } catch (IOException e) {
      throw stop.explain(e);
    }
  }

  /** Ends the job soon. */
  public void cancel() {
    stop.stop(JobStop.Reason.CANCELLED);
  }

  private Side side(PatientReader session) throws IOException {
    Manifest manifest = session.manifest();
    Caveats.tell(manifest, request.key(), progress);
    return new Side(session, manifest);
  }

  private List<ArchiveDiff> compare(Side first, Side second) throws IOException {
    List<ArchiveDiff> diffs = new ArrayList<>();
    for (String name : names(first.manifest(), second.manifest())) {
      stop.check();
      Optional<ManifestFile> one = first.manifest().file(name);
      Optional<ManifestFile> other = second.manifest().file(name);
      if (one.isEmpty() || other.isEmpty()) {
        State state = one.isPresent() ? State.ONLY_IN_FIRST : State.ONLY_IN_SECOND;
        diffs.add(new ArchiveDiff(name, state, size(one), size(other), List.of()));
      } else {
        diffs.add(compare(first, one.get(), second, other.get()));
      }
    }
    return diffs;
  }

  private List<String> names(Manifest first, Manifest second) throws IOException {
    if (request.archive().isPresent()) {
      return List.of(name(request.archive().get(), first, second));
    }
    List<String> names = new ArrayList<>(first.files().stream().map(ManifestFile::name).toList());
    second.files().stream()
        .map(ManifestFile::name)
        .filter(name -> !names.contains(name))
        .forEach(names::add);
    return names;
  }

  /** It is enough that one of the two has it. */
  private static String name(String given, Manifest first, Manifest second) throws IOException {
    Optional<ManifestFile> found =
        ArchiveFinder.lookUp(second, given).or(() -> ArchiveFinder.lookUp(first, given));
    return found.isPresent() ? found.get().name() : ArchiveFinder.find(second, given).name();
  }

  private static OptionalLong size(Optional<ManifestFile> file) {
    return file.map(each -> OptionalLong.of(each.size())).orElseGet(OptionalLong::empty);
  }

  private ArchiveDiff compare(Side first, ManifestFile one, Side second, ManifestFile other)
      throws IOException {
    OptionalLong firstSize = OptionalLong.of(one.size());
    OptionalLong secondSize = OptionalLong.of(other.size());
    String name = one.name();
    if (one.checksum().equals(other.checksum()) && one.size() == other.size()) {
      return new ArchiveDiff(name, State.SAME, firstSize, secondSize, List.of());
    }
    if (name.endsWith(INDEX)) {
      requireSameNaming(first, one, second, other);
      return new ArchiveDiff(
          name,
          State.CHANGED,
          firstSize,
          secondSize,
          IndexDiff.ranges(
              first.session().index(first.manifest(), name),
              second.session().index(second.manifest(), name)));
    }
    return new ArchiveDiff(
        name, blobState(first, one, second, other), firstSize, secondSize, List.of());
  }

  /** A key has a part in the names of the chunks it encrypts. */
  private static void requireSameNaming(
      Side first, ManifestFile one, Side second, ManifestFile other) throws NotComparableException {
    if (isPlain(one) && isPlain(other)) {
      return;
    }
    String problem;
    if (isPlain(one) || isPlain(other)) {
      problem = " is encrypted in " + (isPlain(one) ? second : first).name() + " only";
    } else if (first.key().isEmpty() || !first.key().equals(second.key())) {
      problem = " is encrypted with different keys, or the snapshots do not say with which";
    } else {
      return;
    }
    throw new NotComparableException(
        "archive " + one.name() + problem + "; a key is part of the names of its chunks",
        "Restore both and compare the images, or name another ARCHIVE.");
  }

  private State blobState(Side first, ManifestFile one, Side second, ManifestFile other)
      throws IOException {
    boolean isOpen = (isPlain(one) && isPlain(other)) || request.key().key().isPresent();
    // Copies of a key are never twice the same: encrypting them begins with random bytes.
    if (!isOpen || !one.name().endsWith(BLOB) || one.name().equals(MasterPublicKey.BLOB)) {
      return State.UNKNOWN;
    }
    boolean same =
        Arrays.equals(
            first.session().blob(first.manifest(), one.name()),
            second.session().blob(second.manifest(), other.name()));
    return same ? State.SAME : State.CHANGED;
  }

  private static boolean isPlain(ManifestFile file) {
    return file.cryptMode() != CryptMode.ENCRYPT;
  }
}
