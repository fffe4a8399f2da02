package org.qmpbs.pbs;

import java.util.List;
import java.util.Optional;

/**
 * {@code index.json.blob}: what a snapshot consists of (pbs-protocol.md, "Manifest").
 *
 * @param snapshot the snapshot it belongs to
 * @param files in the order of the document
 */
public record Manifest(Snapshot snapshot, List<ManifestFile> files) {
  /** The manifest's own file name. */
  public static final String NAME = "index.json.blob";

  /** Keeps a copy of the list. */
  public Manifest {
    files = List.copyOf(files);
  }

  /** The entry called {@code name}. */
  public Optional<ManifestFile> file(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }
}
