package org.qmpbs.client.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.client.lookup.ArchiveFinder;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.ReaderSession;

/**
 * Decides what goes where, and refuses what cannot be done, before the first byte is written. All
 * indexes are read here, so that their sizes can be compared with the targets.
 */
final class Planner {
  private static final String INDEX = ".fidx";
  private static final String BLOB = ".blob";

  private final ReaderSession session;
  private final Manifest manifest;
  private final ReadKey key;
  private final ImageFormat format;
  private final TargetChecker targets;

  Planner(
      ReaderSession session,
      Manifest manifest,
      ReadKey key,
      ImageFormat format,
      TargetChecker targets) {
    this.session = session;
    this.manifest = manifest;
    this.key = key;
    this.format = format;
    this.targets = targets;
  }

  List<ArchivePlan> plan(RestoreRequest.Selection selection) throws IOException {
    if (selection instanceof RestoreRequest.Selection.ToStream stream) {
      ManifestFile file = usable(ArchiveFinder.find(manifest, stream.archive()));
      return List.of(planned(file, new Destination.ToStream(stream.stream())));
    }
    if (selection instanceof RestoreRequest.Selection.ToFile one) {
      ManifestFile file = usable(ArchiveFinder.find(manifest, one.archive()));
      return List.of(planned(file, suitable(file, targets.check(one.target()))));
    }
    return planAll(((RestoreRequest.Selection.AllTo) selection).directory());
  }

  private List<ArchivePlan> planAll(Path directory) throws IOException {
    for (ManifestFile file : manifest.files()) {
      usable(file);
    }
    if (Files.notExists(directory)) {
      TargetChecker.requireDirectory(directory.toAbsolutePath().getParent());
      Files.createDirectory(directory);
    }
    Set<String> taken = new HashSet<>();
    List<ArchivePlan> plans = new ArrayList<>();
    for (ManifestFile file : manifest.files()) {
      Path target = directory.resolve(fileName(file, taken));
      plans.add(planned(file, suitable(file, targets.check(target))));
    }
    return plans;
  }

  /** {@code drive-scsi0.img.fidx} becomes {@code drive-scsi0.raw}; a blob loses its extension. */
  private String fileName(ManifestFile file, Set<String> taken) {
    String stem = file.name().substring(0, file.name().lastIndexOf('.'));
    if (file.name().endsWith(BLOB)) {
      return taken.add(stem) ? stem : file.name();
    }
    String disk = stem.endsWith(".img") ? stem.substring(0, stem.length() - 4) : stem;
    String name = disk + "." + format.id();
    return taken.add(name) ? name : file.name() + "." + format.id();
  }

  private ManifestFile usable(ManifestFile file) throws IOException {
    String name = file.name();
    if (name.indexOf('/') >= 0 || name.startsWith(".")) {
      throw new UnsupportedArchiveException(
          "archive name '" + name + "' is not a plain file name",
          "Restore the archives you need one by one.");
    }
    if (!name.endsWith(INDEX) && !name.endsWith(BLOB)) {
      throw new UnsupportedArchiveException(
          "archive " + name + " is not an image (.fidx) and not a blob (.blob)",
          "Restore it with proxmox-backup-client, which knows file archives.");
    }
    key.opener(manifest, file);
    return file;
  }

  private Destination suitable(ManifestFile file, Destination destination) throws TargetException {
    boolean device = destination instanceof Destination.ToDevice;
    if (device && (format == ImageFormat.QCOW2 || file.name().endsWith(BLOB))) {
      throw new TargetException(
          TargetException.Reason.UNUSABLE,
          destination.name() + " is a block device; only raw images are written to devices",
          "Use --format raw, or name a file.");
    }
    return destination;
  }

  private ArchivePlan planned(ManifestFile file, Destination destination) throws IOException {
    Optional<FixedIndex> index =
        file.name().endsWith(INDEX)
            ? Optional.of(session.index(manifest, file.name()))
            : Optional.empty();
    return new ArchivePlan(file.name(), destination, index, key.opener(manifest, file));
  }
}
