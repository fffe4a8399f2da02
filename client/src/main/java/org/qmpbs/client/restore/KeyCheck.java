package org.qmpbs.client.restore;

import java.io.IOException;
import java.util.Optional;
import org.qmpbs.chunker.ChunkOpener;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.chunker.FixedIndex;
import org.qmpbs.chunker.KeyFingerprint;
import org.qmpbs.client.read.ChunkVerifier;
import org.qmpbs.pbs.CryptMode;
import org.qmpbs.pbs.Manifest;
import org.qmpbs.pbs.ManifestFile;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.PbsException;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.ReadKey;
import org.qmpbs.pbs.ReaderSession;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.key.MasterPublicKey;

/**
 * Tries a key on a snapshot: proves the signature of its manifest, and opens one small file and one
 * chunk, if there are encrypted ones. That it opens these does not say that the others are whole.
 *
 * @param snapshot which one
 * @param key that signed it
 * @param blob small file that was opened, if there is an encrypted one
 * @param chunk that was opened, if there is an encrypted image
 */
public record KeyCheck(
    Snapshot snapshot, KeyFingerprint key, Optional<String> blob, Optional<Opened> chunk) {
  /**
   * One chunk.
   *
   * @param archive of it
   * @param position in the archive, from 0
   */
  public record Opened(String archive, int position) {}

  /**
   * Makes the check.
   *
   * @throws org.qmpbs.pbs.WrongKeyException if another key made the snapshot
   * @throws org.qmpbs.pbs.UnsignedManifestException if none did
   * @throws org.qmpbs.pbs.ForgedManifestException if it was changed since
   * @throws DamagedArchiveException if the chunk does not open
   */
  public static KeyCheck of(
      PbsServer server, Namespace namespace, Snapshot snapshot, EncryptionKey key)
      throws IOException {
    ReadKey readKey = ReadKey.named(key);
    try (ReaderSession session = server.startReader(namespace, snapshot, readKey)) {
      Manifest manifest = session.manifest();
      Optional<ManifestFile> blob = encrypted(manifest, ".blob");
      if (blob.isPresent()) {
        session.blob(manifest, blob.get().name());
      }
      Optional<ManifestFile> image = encrypted(manifest, ".fidx");
      Optional<Opened> chunk =
          image.isPresent()
              ? Optional.of(openOne(session, manifest, image.get(), readKey))
              : Optional.empty();
      return new KeyCheck(snapshot, key.fingerprint(), blob.map(ManifestFile::name), chunk);
    }
  }

  private static Optional<ManifestFile> encrypted(Manifest manifest, String extension) {
    return manifest.files().stream()
        .filter(file -> file.cryptMode() == CryptMode.ENCRYPT && file.name().endsWith(extension))
        // That one is the master key's.
        .filter(file -> !file.name().equals(MasterPublicKey.BLOB))
        .findFirst();
  }

  /** The first that holds data, or else the first. */
  private static Opened openOne(
      ReaderSession session, Manifest manifest, ManifestFile file, ReadKey key) throws IOException {
    FixedIndex index = session.index(manifest, file.name());
    ChunkOpener opener = key.opener(manifest, file);
    int position = 0;
    while (position < index.chunkCount() - 1 && ArchivePlan.isZero(index, position, opener)) {
      position++;
    }
    ChunkVerifier verifier = new ChunkVerifier(file.name(), index, opener);
    try {
      verifier.verify(position, session.chunk(index.digest(position)));
    } catch (PbsException e) {
      throw verifier.refused(position, e);
    }
    return new Opened(file.name(), position);
  }
}
